// Prints what a Vulkan driver makes of one compute shader: its statistics and its machine code. Mesa's RADV, told by
// RADV_FORCE_FAMILY to imagine an AMD GPU, compiles for that GPU on a machine that has none; nothing is ever run.
//
//   null-device SHADER.spv ENTRY_POINT BINDINGS      BINDINGS: a letter each from 0 on, u a uniform buffer, s a storage buffer
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vulkan/vulkan.h>

#define MAX_BINDINGS 16

static void check(VkResult result, const char *what) {
  if (result == VK_SUCCESS) return;
  fprintf(stderr, "%s failed with VkResult %d\n", what, result);
  exit(1);
}

static uint32_t *read_file(const char *path, size_t *bytes) {
  FILE *file = fopen(path, "rb");
  if (!file) {
    perror(path);
    exit(1);
  }
  fseek(file, 0, SEEK_END);
  *bytes = (size_t)ftell(file);
  rewind(file);
  uint32_t *words = malloc(*bytes);
  if (!words || fread(words, 1, *bytes, file) != *bytes) {
    fprintf(stderr, "%s: cannot be read\n", path);
    exit(1);
  }
  fclose(file);
  return words;
}

static VkPhysicalDevice first_device(void) {
  VkInstance instance;
  VkApplicationInfo application = {.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO, .apiVersion = VK_API_VERSION_1_3};
  VkInstanceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO, .pApplicationInfo = &application};
  check(vkCreateInstance(&info, NULL, &instance), "vkCreateInstance");
  uint32_t count = 1;
  VkPhysicalDevice device = VK_NULL_HANDLE;
  VkResult result = vkEnumeratePhysicalDevices(instance, &count, &device);
  if (result != VK_INCOMPLETE) check(result, "vkEnumeratePhysicalDevices");
  if (count == 0) {
    fprintf(stderr, "the driver offers no device\n");
    exit(1);
  }
  return device;
}

// Every feature of the GPU is switched on, as the shader may use any; bounds checks are WGSL's own.
static VkDevice open_device(VkPhysicalDevice physical) {
  VkPhysicalDeviceVulkan13Features v13 = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES};
  VkPhysicalDeviceVulkan12Features v12 = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES, .pNext = &v13};
  VkPhysicalDeviceVulkan11Features v11 = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES, .pNext = &v12};
  VkPhysicalDeviceFeatures2 features = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2, .pNext = &v11};
  vkGetPhysicalDeviceFeatures2(physical, &features);
  features.features.robustBufferAccess = VK_FALSE;
  VkPhysicalDevicePipelineExecutablePropertiesFeaturesKHR executable = {
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PIPELINE_EXECUTABLE_PROPERTIES_FEATURES_KHR,
      .pipelineExecutableInfo = VK_TRUE};
  v13.pNext = &executable;

  const float priority = 1;
  const char *extension = VK_KHR_PIPELINE_EXECUTABLE_PROPERTIES_EXTENSION_NAME;
  VkDeviceQueueCreateInfo queue = {
      .sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO, .queueCount = 1, .pQueuePriorities = &priority};
  VkDeviceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
                             .pNext = &features,
                             .queueCreateInfoCount = 1,
                             .pQueueCreateInfos = &queue,
                             .enabledExtensionCount = 1,
                             .ppEnabledExtensionNames = &extension};
  VkDevice device;
  check(vkCreateDevice(physical, &info, NULL, &device), "vkCreateDevice");
  return device;
}

static VkPipelineLayout create_layout(VkDevice device, const char *kinds) {
  VkDescriptorSetLayoutBinding bindings[MAX_BINDINGS];
  uint32_t count = 0;
  for (; kinds[count] && count < MAX_BINDINGS; count++) {
    bindings[count] = (VkDescriptorSetLayoutBinding){
        .binding = count,
        .descriptorType = kinds[count] == 'u' ? VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER : VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
        .descriptorCount = 1,
        .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT};
  }
  VkDescriptorSetLayoutCreateInfo set_info = {
      .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO, .bindingCount = count, .pBindings = bindings};
  VkDescriptorSetLayout set;
  check(vkCreateDescriptorSetLayout(device, &set_info, NULL, &set), "vkCreateDescriptorSetLayout");
  VkPushConstantRange constants = {.stageFlags = VK_SHADER_STAGE_COMPUTE_BIT, .size = 128};
  VkPipelineLayoutCreateInfo info = {.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
                                     .setLayoutCount = 1,
                                     .pSetLayouts = &set,
                                     .pushConstantRangeCount = 1,
                                     .pPushConstantRanges = &constants};
  VkPipelineLayout layout;
  check(vkCreatePipelineLayout(device, &info, NULL, &layout), "vkCreatePipelineLayout");
  return layout;
}

static VkPipeline compile(VkDevice device, const char *path, const char *entry, VkPipelineLayout layout) {
  size_t bytes;
  uint32_t *words = read_file(path, &bytes);
  VkShaderModuleCreateInfo module_info = {
      .sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO, .codeSize = bytes, .pCode = words};
  VkShaderModule module;
  check(vkCreateShaderModule(device, &module_info, NULL, &module), "vkCreateShaderModule");
  free(words);
  VkComputePipelineCreateInfo info = {.sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
                                      .flags = VK_PIPELINE_CREATE_CAPTURE_STATISTICS_BIT_KHR |
                                               VK_PIPELINE_CREATE_CAPTURE_INTERNAL_REPRESENTATIONS_BIT_KHR,
                                      .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                                                .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                                                .module = module,
                                                .pName = entry},
                                      .layout = layout};
  VkPipeline pipeline;
  check(vkCreateComputePipelines(device, VK_NULL_HANDLE, 1, &info, NULL, &pipeline), "vkCreateComputePipelines");
  return pipeline;
}

static void print_statistics(VkDevice device, const VkPipelineExecutableInfoKHR *executable) {
  PFN_vkGetPipelineExecutableStatisticsKHR get =
      (PFN_vkGetPipelineExecutableStatisticsKHR)vkGetDeviceProcAddr(device, "vkGetPipelineExecutableStatisticsKHR");
  uint32_t count = 0;
  check(get(device, executable, &count, NULL), "vkGetPipelineExecutableStatisticsKHR");
  VkPipelineExecutableStatisticKHR *statistics = calloc(count, sizeof *statistics);
  for (uint32_t i = 0; i < count; i++) statistics[i].sType = VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_STATISTIC_KHR;
  check(get(device, executable, &count, statistics), "vkGetPipelineExecutableStatisticsKHR");
  for (uint32_t i = 0; i < count; i++) {
    if (statistics[i].format == VK_PIPELINE_EXECUTABLE_STATISTIC_FORMAT_FLOAT64_KHR)
      printf("%s: %f\n", statistics[i].name, statistics[i].value.f64);
    else
      printf("%s: %llu\n", statistics[i].name, (unsigned long long)statistics[i].value.u64);
  }
  free(statistics);
}

static void print_machine_code(VkDevice device, const VkPipelineExecutableInfoKHR *executable) {
  PFN_vkGetPipelineExecutableInternalRepresentationsKHR get =
      (PFN_vkGetPipelineExecutableInternalRepresentationsKHR)vkGetDeviceProcAddr(
          device, "vkGetPipelineExecutableInternalRepresentationsKHR");
  const char *call = "vkGetPipelineExecutableInternalRepresentationsKHR";
  uint32_t count = 0;
  check(get(device, executable, &count, NULL), call);
  VkPipelineExecutableInternalRepresentationKHR *texts = calloc(count, sizeof *texts);
  for (uint32_t i = 0; i < count; i++)
    texts[i].sType = VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_INTERNAL_REPRESENTATION_KHR;
  check(get(device, executable, &count, texts), call); // sizes first, then the texts themselves
  for (uint32_t i = 0; i < count; i++) texts[i].pData = calloc(1, texts[i].dataSize + 1);
  check(get(device, executable, &count, texts), call);
  for (uint32_t i = 0; i < count; i++) {
    if (strcmp(texts[i].name, "Assembly") == 0) printf("=== Assembly\n%s\n", (const char *)texts[i].pData);
    free(texts[i].pData);
  }
  free(texts);
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: null-device SHADER.spv ENTRY_POINT BINDINGS\n");
    return 2;
  }
  VkDevice device = open_device(first_device());
  VkPipeline pipeline = compile(device, argv[1], argv[2], create_layout(device, argv[3]));
  VkPipelineExecutableInfoKHR executable = {.sType = VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_INFO_KHR, .pipeline = pipeline};
  print_statistics(device, &executable);
  print_machine_code(device, &executable);
  return 0;
}
