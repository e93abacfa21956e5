/** What a run reports while it trains; whoever listens prints it, records it or draws it. */
import type { StateDict } from '../../weights/index.ts';
import type { FreezeReport } from './freeze.ts';
import type { BatchMetrics, Metrics } from './metrics.ts';
import type { Phase } from './phases.ts';

/** A phase begins, or continues if the run is resumed. */
export interface PhaseEvent {
  readonly phase: Phase;
  readonly phases: number;
  readonly frozen: FreezeReport;
}

/** An optimizer step is done. Epochs and steps count from 1; the metrics are those of its images. */
export interface StepEvent extends BatchMetrics {
  readonly epoch: number;
  readonly step: number;
  /** Steps in every epoch. */
  readonly steps: number;
  readonly learningRate: number;
}

/** An epoch is done and validated. JSON-able. */
export interface EpochEvent {
  /** Counted from 1 over all phases. */
  readonly epoch: number;
  /** Index of its phase. */
  readonly phase: number;
  /** Over the epoch's steps, each with the weights at that step; smoothed and weighted as the settings say. */
  readonly train: Metrics;
  readonly valid: Metrics;
  /** At the epoch's last step. */
  readonly learningRate: number;
  readonly isBest: boolean;
  readonly trainSeconds: number;
  readonly validSeconds: number;
  /** In training. */
  readonly imagesPerSecond: number;
}

/** The best model so far, read back from the GPU. */
export interface BestModel {
  readonly epoch: number;
  readonly valid: Metrics;
  readonly state: StateDict;
}
