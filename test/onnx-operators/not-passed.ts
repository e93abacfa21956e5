/** The cases that do not pass, by reason. A case is taken off the list when it passes: the test asks for that. */
const byReason: Readonly<Record<string, readonly string[]>> = {
  "the engine draws other numbers than NumPy's": [
    'training_dropout',
    'training_dropout_default',
    'training_dropout_default_mask',
    'training_dropout_mask',
  ],
  "the engine's images have two axes, not 3": [
    'AvgPool3d',
    'AvgPool3d_stride',
    'AvgPool3d_stride1_pad0_gpu_input',
    'Conv3d',
    'Conv3d_dilated',
    'Conv3d_dilated_strided',
    'Conv3d_groups',
    'Conv3d_no_bias',
    'Conv3d_stride',
    'Conv3d_stride_padding',
    'MaxPool3d',
    'MaxPool3d_stride',
    'MaxPool3d_stride_padding',
    'averagepool_3d_default',
    'maxpool_3d_default',
  ],
  "the running variance is PyTorch's, which divides by one less than the number of values": [
    'batchnorm_epsilon_training_mode',
    'batchnorm_example_training_mode',
  ],
  'its numbers, some 1e-316, are none in f32': ['operator_add_size1_broadcast'],
  'its results were computed with an epsilon of 1e-2, which its model does not say': ['adam_multiple'],
  'the engine computes in f32, not in int64': ['operator_non_float_params'],
  'the engine computes in f32, not in uint8': [
    'add_uint8',
    'div_uint8',
    'maxpool_2d_uint8',
    'mul_uint8',
    'sub_uint8',
  ],
  'the engine keeps the places of maxima to itself': [
    'maxpool_with_argmax_2d_precomputed_pads',
    'maxpool_with_argmax_2d_precomputed_strides',
  ],
  'the engine multiplies two matrices alone': ['matmul_3d', 'matmul_4d'],
  'there are no tensors without elements': ['reshape_allowzero_reordered'],
};

/** The reason of each case. */
export const notPassed: ReadonlyMap<string, string> = new Map(
  Object.entries(byReason).flatMap(([reason, names]) => names.map((name) => [name, reason] as const)),
);
