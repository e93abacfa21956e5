/** Buttons that save the last run, and the whole project, as files. */
import { takeProject, takeRun } from '../state/carrying.ts';
import { project } from '../state/project.ts';
import { run, training } from '../state/run.ts';

/** The run's folder as a zip: it goes on in a terminal, or in another browser. */
export function TakeRun() {
  return (
    <button type="button" disabled={training.value || !run.value} onClick={() => void takeRun()}>
      Whole run (zip)
    </button>
  );
}

/** Photos, classes and runs in one file. */
export function TakeProject() {
  return (
    <button type="button" disabled={training.value || !project.value} onClick={() => void takeProject()}>
      Save the project as a file
    </button>
  );
}
