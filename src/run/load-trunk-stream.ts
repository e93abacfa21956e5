/** Loaded when a run begins: a page's first training step needs none of it where more than the head is trained. */
import type { Session } from './session.ts';
import type { TrunkStream } from './trunk-stream.ts';

/** A stream for what the session trains first, `done` phases being over; undefined where that needs more than features. */
export const trunkStream = async (session: Session, done: number): Promise<TrunkStream | undefined> =>
  (await import('./trunk-stream.ts')).TrunkStream.of(session, done);
