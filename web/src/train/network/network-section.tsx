/** The network: what it starts from, a drawing of its stages to choose what is trained, and what that costs. */
import type { ComponentChildren } from 'preact';
import { byteSize, count, duration, plural } from '../../../../src/format.ts';
import type { RunPlan } from '../../../../src/run/plan.ts';
import { isPlanning, network, plan, planProblem, secondsFor, trainFrom } from '../state/network.ts';
import { isReadOnly } from '../state/project.ts';
import { training } from '../state/run.ts';
import { tune } from '../state/settings.ts';
import { Budget } from './budget.tsx';
import { Chooser } from './chooser.tsx';
import { SettingField } from './setting-field.tsx';
import { SettingsForm } from './settings-form.tsx';
import { Stages } from './stages.tsx';
import { secondsText } from './texts.ts';
import { UseBatch } from './use-batch.tsx';

export function NetworkSection() {
  const made = plan.value;
  return (
    <section aria-labelledby="network">
      <h2 id="network">Network</h2>
      <fieldset class="plain" disabled={training.value || isReadOnly.value}>
        <Chooser />
        {made ? (
          <>
            <h3 id="stages">What is trained</h3>
            <Stages plan={made} />
            <div aria-busy={isPlanning.value}>
              <Reasons plan={made} />
              <Totals plan={made} />
            </div>
          </>
        ) : (
          <p class="hint">
            {network.value?.architecture === undefined
              ? ''
              : isPlanning.value
                ? 'Working out what training each of its stages costs.'
                : 'With photos of two classes, its stages stand here with what training each of them costs.'}
          </p>
        )}
        {planProblem.value && <p class="problem">{planProblem.value}</p>}
        <SettingField name="epochs" />
        <SettingsForm />
      </fieldset>
    </section>
  );
}

/** Why it is as it is, in the words of the terminal, and the way back to graft's choice. */
function Reasons({ plan: { chosen, auto } }: { readonly plan: RunPlan }) {
  return (
    <>
      <p class="actions">
        <button type="button" aria-pressed={tune.value === undefined} onClick={() => trainFrom(undefined)}>
          Let graft choose: {auto}
        </button>
      </p>
      <ul class="reasons" aria-label="Reasons">
        {chosen.reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    </>
  );
}

function Totals({ plan: { cost, chosen, fits, photos } }: { readonly plan: RunPlan }) {
  const { batchSize } = chosen.config;
  if (!cost)
    return (
      <p class="problem">
        A batch of {batchSize} is more than this graphics card takes at once.
        {fits !== undefined && <UseBatch fits={fits} />}
      </p>
    );
  const { trained, frozen } = cost.frozen;
  const seconds = secondsFor(cost);
  const features = cost.phases.some((phase) => phase.features);
  return (
    <>
      <dl class="totals">
        <Total name="Trained">
          {count(trained)} of {count(trained + frozen)} parameters
        </Total>
        <Total name="GPU memory">{byteSize(cost.bytes)}</Total>
        <Total name="A step">
          {seconds
            ? `${secondsText(seconds.step)}, ${plural(Math.min(batchSize, photos.train), 'photo')}`
            : 'being measured'}
        </Total>
        <Total name="The run">
          {seconds
            ? `about ${duration(seconds.total)}${features ? `, of which ${secondsText(seconds.once)} once for features` : ''}`
            : 'being measured'}
        </Total>
      </dl>
      <Budget cost={cost} batchSize={batchSize} fits={fits} />
    </>
  );
}

const Total = ({ name, children }: { readonly name: string; readonly children: ComponentChildren }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);
