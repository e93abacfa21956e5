/** What TensorBoard's files of a run are made of, loaded late: few runs have them, and a page's none. */
export { epochScalars, eventFileName, fileVersionRecord, scalarsRecord } from '../../report/index.ts';
