/** The project that this page shows. */
import { computed, signal } from '@preact/signals';
import type { OpenedProject } from '../../engine/calls/projects.ts';

export const project = signal<OpenedProject | undefined>(undefined);
/** Nothing may be changed: no project is open, or another tab writes it. */
export const isReadOnly = computed(() => project.value?.isReadOnly ?? true);
