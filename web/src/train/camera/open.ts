/** The camera, or why there is none: a visitor can do something about each of the reasons, and something else. */

export type CameraProblem = 'denied' | 'absent' | 'busy' | 'unsupported';

export class CameraError extends Error {
  override readonly name = 'CameraError';

  constructor(
    readonly problem: CameraProblem,
    cause?: unknown,
  ) {
    super(`The camera is ${problem}.`, { cause });
  }
}

/** What browsers call each reason. */
const PROBLEMS: Readonly<Record<string, CameraProblem>> = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'absent',
  OverconstrainedError: 'absent',
  NotReadableError: 'busy',
  AbortError: 'busy',
};

/** The pictures of the camera that the browser or its user chooses. Throws `CameraError`. */
export async function openCamera(): Promise<MediaStream> {
  const { mediaDevices } = navigator as { readonly mediaDevices?: MediaDevices }; // none by plain HTTP
  if (!mediaDevices) throw new CameraError('unsupported');
  try {
    return await mediaDevices.getUserMedia({ video: { width: { ideal: 640 }, height: { ideal: 480 } } });
  } catch (error) {
    const name = error instanceof DOMException ? error.name : '';
    throw new CameraError(PROBLEMS[name] ?? 'busy', error);
  }
}

/** Whether pictures are shown as a mirror does: of a camera that looks at whoever sits in front of it. */
export const isMirrored = (stream: MediaProvider | null | undefined): boolean =>
  stream instanceof MediaStream && stream.getVideoTracks()[0]?.getSettings().facingMode !== 'environment';

export const closeCamera = (stream: MediaStream): void => {
  for (const track of stream.getTracks()) track.stop();
};
