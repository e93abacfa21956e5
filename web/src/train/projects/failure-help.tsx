/** What a visitor may do about a failure of projects and their storage. */
import type { Failure } from '../../engine/protocol.ts';
import { openMenu } from './open-menu.ts';

export function FailureHelp({ project, isFull }: Failure) {
  const isLost = project !== undefined && ['missing', 'newer', 'damaged', 'busy'].includes(project.kind);
  if (!isLost && !isFull) return null;
  return (
    <>
      {isFull && <p>Nothing is lost: make room, by removing old runs or projects, and try again.</p>}
      <p>
        <button type="button" onClick={openMenu}>
          {isFull ? 'Make room' : 'Choose a project'}
        </button>
      </p>
    </>
  );
}
