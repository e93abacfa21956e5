/** The projects, behind a button with the name of the one that is open. */
import { useSignal } from '@preact/signals';
import { byteSize, plural } from '../../../../src/format.ts';
import type { ProjectSummary } from '../../engine/calls/projects.ts';
import { failure } from '../state/asking.ts';
import { project } from '../state/project.ts';
import {
  createProject,
  isMenuOpen,
  projects,
  removeProject,
  renameProject,
  show,
  sizes,
} from '../state/projects.ts';
import { training } from '../state/run.ts';
import { ask, Confirm } from './confirm.tsx';
import { Bring } from './bring.tsx';
import { Dialog } from './dialog.tsx';
import { openMenu } from './open-menu.ts';
import { Storage } from './storage.tsx';
import { TakeProject } from './take-run.tsx';

export function ProjectMenu() {
  return (
    <>
      <button
        type="button"
        class="project"
        aria-haspopup="dialog"
        onClick={() => {
          openMenu();
        }}
      >
        <span class="label">Project</span> {project.value?.name ?? 'none'}
      </button>
      <Dialog title="Projects" isOpen={isMenuOpen.value} close={() => (isMenuOpen.value = false)}>
        {failure.value && (
          <p role="alert" class="failure">
            {failure.value.message}
          </p>
        )}
        {training.value && <p class="hint">Stop the training to open or remove projects.</p>}
        <ul class="projects">
          {projects.value.map((one) => (
            <Row key={one.id} {...one} />
          ))}
        </ul>
        <NewProject />
        <p class="actions">
          <TakeProject />
        </p>
        <Bring />
        <Storage />
      </Dialog>
      <Confirm />
    </>
  );
}

function Row(summary: ProjectSummary) {
  const { id, name, trouble } = summary;
  const isOpen = project.value?.id === id;
  return (
    <li class="card">
      <input
        value={name}
        aria-label={`Name of the project ${name}`}
        maxLength={100}
        disabled={trouble !== undefined}
        onChange={({ currentTarget }) => void renameProject(id, currentTarget.value)}
      />
      <p class="hint">{factsText(summary)}</p>
      <p class="actions">
        {isOpen ? (
          <strong>Open here</strong>
        ) : (
          <button
            type="button"
            disabled={training.value || trouble !== undefined}
            aria-label={`Open the project ${name}`}
            onClick={() => void show(id)}
          >
            Open
          </button>
        )}
        <button
          type="button"
          class="quiet"
          disabled={training.value}
          aria-label={`Remove the project ${name}`}
          onClick={() =>
            ask({
              title: `Remove “${name}”?`,
              text: `${factsText(summary)}. Its photos and runs are removed from this browser, and cannot be brought back.`,
              button: 'Remove the project',
              yes: () => removeProject(id),
            })
          }
        >
          Remove
        </button>
      </p>
    </li>
  );
}

const TROUBLES = {
  newer: 'Made by a later version of this site: reload the page to get it',
  damaged: 'Its file project.json is damaged',
} as const;

function factsText({ id, photos, runs, opened, trouble }: ProjectSummary): string {
  const size = sizes.value.get(id);
  return [
    ...(trouble ? [TROUBLES[trouble]] : [plural(photos, 'photo'), plural(runs, 'run')]),
    ...(size === undefined ? [] : [byteSize(size)]),
    ...(opened > 0 ? [`opened ${new Date(opened).toLocaleDateString('en', { dateStyle: 'medium' })}`] : []),
  ].join(' · ');
}

function NewProject() {
  const name = useSignal('');
  return (
    <form
      class="actions"
      onSubmit={(event) => {
        event.preventDefault();
        void createProject(name.value);
      }}
    >
      <input
        aria-label="Name of a new project"
        placeholder="A new project’s name"
        maxLength={100}
        value={name.value}
        onInput={({ currentTarget }) => (name.value = currentTarget.value)}
      />
      <button type="submit" disabled={training.value || name.value.trim() === ''}>
        Make it
      </button>
    </form>
  );
}
