/** What stands between a page and its project, as a kind, so that the page can say what its visitor may do. */

export type ProjectProblem =
  /** Another tab has it open: this one may only look. */
  | { readonly kind: 'read-only' }
  /** The same, for something that takes the project alone. */
  | { readonly kind: 'busy' }
  /** There is no project of that address, or none is open. */
  | { readonly kind: 'missing' }
  /** It was made by a later version of the site. */
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'damaged' }
  /** A file that was to be opened here is none that could be. */
  | { readonly kind: 'refused' };

export class ProjectError extends Error {
  override readonly name = 'ProjectError';

  constructor(
    message: string,
    readonly problem: ProjectProblem,
  ) {
    super(message);
  }
}
