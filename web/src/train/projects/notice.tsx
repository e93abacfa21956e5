/** What is particular about the open project: that another tab writes it, or that nothing outlives the tab. */
import { project } from '../state/project.ts';

export function ProjectNotice() {
  const { isReadOnly = false, isKept = true } = project.value ?? {};
  return (
    <div role="status">
      {isReadOnly && (
        <p class="notice">
          <strong>This project is open in another tab.</strong> Here you may look at it and try the model;
          photos are changed and networks trained there. As soon as that tab is closed, this one takes over.
        </p>
      )}
      {!isKept && (
        <p class="notice">
          <strong>This browser keeps nothing for this page</strong>, as in a private window or where site data
          is blocked. Everything works, and lasts as long as this tab is open: take away what you want to
          keep.
        </p>
      )}
    </div>
  );
}
