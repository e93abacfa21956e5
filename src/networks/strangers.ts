/** Networks that graft does not have, told by a name that only they use: for the message to whoever gives one. */

/** The first that fits; the special before the general. */
const strangers: readonly { readonly has: RegExp; readonly is: string }[] = [
  { has: /(^|\.)lora_[AB]\b|\.lora_(up|down)\./, is: 'a LoRA adapter' },
  { has: /relative_position_bias_table/, is: 'a Swin transformer' },
  { has: /^(text_model|vision_model)\.|^visual\.|^token_embedding\./, is: 'a CLIP model' },
  {
    has: /(^|\.)(cls_token|class_token)$|(^|\.)blocks\.0\.attn\.qkv\.|encoder_layer_0\.self_attention|^vit\./,
    is: 'a vision transformer (ViT)',
  },
  { has: /word_embeddings|(^|\.)wte\.weight$|embed_tokens/, is: 'a language model' },
  { has: /^model\.\d+\.(conv|cv1|m)\./, is: 'a YOLO detector' },
  { has: /(^|\.)(rpn|roi_heads)\./, is: 'a detector (R-CNN)' },
  { has: /(^|\.)denseblock1\./, is: 'a DenseNet' },
  { has: /(^|\.)(Mixed_5b|Conv2d_1a_3x3)\./, is: 'an Inception network' },
  {
    has: /conv_dw\.|conv_pwl?\.|^features\.\d+\.conv\.\d|^features\.1\.0\.block\./,
    is: 'a MobileNet of another kind or an EfficientNet',
  },
  { has: /dwconv|(^|\.)stages\.0\.blocks\.0\.conv_dw/, is: 'a ConvNeXt' },
  { has: /^features\.0\.weight$/, is: 'a VGG network or AlexNet' },
  { has: /(^|\.)(down_blocks|up_blocks|mid_block)\./, is: 'a diffusion model' },
];

/** Names beyond these tell nothing new. */
const MOST_NAMES = 2_000;

/** What names of tensors seem to belong to; undefined if they tell nothing. */
export function strangerIn(names: readonly string[]): string | undefined {
  const seen = names.slice(0, MOST_NAMES).map((name) => name.slice(0, 200));
  return strangers.find(({ has }) => seen.some((name) => has.test(name)))?.is;
}
