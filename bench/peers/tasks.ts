// What every engine is asked to do, once a call.

/**
 * - `forward`: logits of a batch in evaluation.
 * - `train`: a step of Adam on all parameters, batch norm by the batch's statistics.
 * - `layer4`: a step on the last stage and the head; the frozen layers normalise by running statistics.
 * - `head`: a step on the head, on a trunk that never changes; its features may be computed once.
 */
export const TASKS = ['forward', 'train', 'layer4', 'head'] as const;
export type Task = (typeof TASKS)[number];

/** The learning rate of all steps: small enough that the engines' losses stay comparable after an update. */
export const LEARNING_RATE = 1e-4;
