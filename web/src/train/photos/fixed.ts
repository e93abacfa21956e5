/** When photos stay as they are: during a run, while others come in, and where another tab writes the project. */
import { computed } from '@preact/signals';
import { adding } from '../state/photos.ts';
import { isReadOnly } from '../state/project.ts';
import { training } from '../state/run.ts';

export const isFixed = computed(() => training.value || adding.value || isReadOnly.value);
