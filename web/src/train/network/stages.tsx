/**
 * The network's stages from the input to the head, to be clicked trained or frozen. What is frozen is always a beginning of the network:
 * gradients stop at the first stage that nothing before it needs them for, which is what freezing saves.
 */
import { byteSize } from '../../../../src/format.ts';
import type { RunPlan } from '../../../../src/run/plan.ts';
import { firstTrained, secondsFor, trainFrom } from '../state/network.ts';
import { few, secondsText } from './texts.ts';

export function Stages({ plan }: { readonly plan: RunPlan }) {
  const { stages, scopes, title } = plan;
  const firstChosen = stages.findIndex(({ isChosen }) => isChosen);
  return (
    <ol class="stages" aria-label={`Stages of ${title}, from the photo to the answer`}>
      {stages.map(({ name, isTrained: isPlanned, parameters }, i) => {
        const isTrained = firstTrained.value < 0 ? isPlanned : i >= firstTrained.value;
        const isHead = i === stages.length - 1;
        // A click on a trained stage freezes it, and all before it; on a frozen one it is trained, and all after it.
        const from = scopes[isTrained && !isHead ? i + 1 : i];
        return (
          <li key={name} class={isTrained ? 'stage trained' : 'stage'}>
            <button
              type="button"
              aria-pressed={isTrained}
              aria-describedby={`cost-${name}`}
              onClick={() => trainFrom(from?.tune)}
            >
              <Shape index={i} of={stages.length} />
              <strong>{name}</strong>
              <span>{isTrained ? 'trained' : 'frozen'}</span>
              <small>{few(parameters)} parameters</small>
            </button>
            <p id={`cost-${name}`} class="cost">
              <Cost plan={plan} index={i} />
            </p>
            {i === firstChosen && <p class="mark">graft’s choice</p>}
          </li>
        );
      })}
    </ol>
  );
}

/** What it costs to train from a stage on. */
function Cost({ plan: { scopes, stages }, index }: { readonly plan: RunPlan; readonly index: number }) {
  const scope = scopes[index];
  if (!scope) return null;
  const what = index === stages.length - 1 ? 'alone' : index === 0 ? 'all' : 'from here';
  if (!scope.cost) return <>{what}: too large a batch</>;
  const seconds = secondsFor(scope.cost);
  return (
    <>
      <span>
        {what}: {byteSize(scope.cost.bytes)}
      </span>{' '}
      <span>{seconds ? `${secondsText(seconds.step)} a step` : '… a step'}</span>
    </>
  );
}

const SIDE = 48;

/** Maps that get smaller and more on the way: a slab per stage, high at the input and deep at the head. */
function Shape({ index, of }: { readonly index: number; readonly of: number }) {
  const share = index / (of - 1);
  const height = 0.96 * SIDE * (1 - 0.75 * share);
  const width = 6 + 26 * share;
  const slant = 10 * (1 - 0.6 * share);
  const [x, y] = [(SIDE - width - slant) / 2, (SIDE - height) / 2 + slant];
  const front = `M${x} ${y}h${width}v${height - slant}h${-width}z`;
  const top = `M${x} ${y}l${slant} ${-slant}h${width}l${-slant} ${slant}z`;
  const side = `M${x + width} ${y}l${slant} ${-slant}v${height - slant}l${-slant} ${slant}z`;
  return (
    <svg viewBox={`0 0 ${SIDE} ${SIDE}`} aria-hidden="true">
      <path d={top} class="top" />
      <path d={side} class="side" />
      <path d={front} class="front" />
    </svg>
  );
}
