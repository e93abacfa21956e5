/** The ladder, raced: both climbs on this device, rung against rung, with what bounds each. */
import { render } from 'preact';
import { Where } from '../bench/where.tsx';
import { Header } from '../shared/header.tsx';
import { NoGpu } from '../shared/no-gpu.tsx';
import { Choices } from './choices.tsx';
import { ClimbSection } from './climb.tsx';
import { RungSection } from './rung.tsx';
import { open, rungs, stage, where } from './state.ts';
import '../shared/explore.css';
import './ladder.css';

function App() {
  const { value } = stage;
  return (
    <>
      <Header here="ladder" title="The ladder, raced">
        From a kernel as in the definition to one near the limit of the machine, one idea a rung. All compute
        the same; here they take turns on your device.
      </Header>
      {where.value && <Where of={where.value} />}
      {value.kind === 'no-gpu' ? (
        <NoGpu problem={value.problem}>
          Nothing can be raced here. The rungs can be read, with what each would move on a usual GPU.
        </NoGpu>
      ) : (
        <Choices />
      )}
      {value.kind === 'failed' && <p role="alert">{value.message} Reload the page to begin anew.</p>}
      {rungs.value.matmul.length > 0 && (
        <>
          <ClimbSection
            climb="matmul"
            title="A matrix product"
            about="C = A·B, square matrices. Bars are as long as rungs are fast; the thin line goes from the 10th to the 90th percentile of a rung’s turns, and a thick one shows what multiply-adds alone reach, where that is near."
          />
          <ClimbSection
            climb="conv2d"
            title="A convolution"
            about="The first stage of ResNet-18: 3×3, 64 channels to 64. Operations are counted as in the definition, so Winograd, which multiplies less, may pass the line."
          />
          <RungSection />
        </>
      )}
    </>
  );
}

const app = document.getElementById('app');
if (app) render(<App />, app);
open();
