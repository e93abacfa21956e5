export {
  classReport,
  confusionMatrix,
  countAt,
  mostConfused,
  type ClassReport,
  type ConfusedPair,
  type Confusion,
  type Scores,
} from './confusion.ts';
export {
  csvHeader,
  csvRow,
  jsonlRow,
  parseHistoryCsv,
  parseHistoryJsonl,
  type HistoryEpoch,
} from './history.ts';
export type { ListedMistake, Picture, ReportData, ShownMistake } from './html/data.ts';
export { liveMessage, waitingPage, type LivePage } from './html/live.ts';
export { renderReport } from './html/render.ts';
export { likelyAccuracy, wilsonInterval } from './interval.ts';
export { likeliest, mistakeOf, sortMistakes, type Mistake } from './mistakes.ts';
export { overconfidenceText } from './overconfidence.ts';
export { reliabilityOf, type Reliability, type ReliabilityBin } from './reliability.ts';
export { epochScalars, eventFileName, fileVersionRecord, scalarsRecord } from './tensorboard.ts';
