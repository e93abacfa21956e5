/** What a network sees in a photo: every layer of it as pictures, and any number in them taken apart. */
import { render } from 'preact';
import { Header } from '../shared/header.tsx';
import { NoGpu } from '../shared/no-gpu.tsx';
import { beginAddress } from './address.ts';
import { Answers } from './answers.tsx';
import { Channel } from './channel.tsx';
import { FilterSection } from './filters.tsx';
import { Layers } from './layers.tsx';
import { NetworksSection } from './networks-section.tsx';
import { PhotoSection, takeDrawings } from './photo-section.tsx';
import { beginLooking, busy, failure, findAtHand, looked, noGpu } from './state.ts';
import { Sum } from './sum.tsx';
import { Where } from './where.tsx';
import { WithoutDevice } from './without-device.tsx';
import '../shared/explore.css';
import './photo.css';

const TERMINAL =
  'Or ask in a terminal, on any machine with Node: graft predict --explain shows where a network looked.';

function App() {
  return (
    <>
      <Header here="photo" title="What a network sees">
        Show a network a photo and follow it through: what each layer makes of it, which pixels a number comes
        from, and how it is computed, to the last product.
      </Header>
      {noGpu.value !== undefined && (
        <NoGpu problem={noGpu.value} terminal={TERMINAL}>
          What can be shown without: the layers that a photo would go through, what each output could see of
          it, and the first filters.
        </NoGpu>
      )}
      <div class="status">
        <p role="status">{busy.value && <span class="busy">{busy.value} …</span>}</p>
      </div>
      {failure.value && (
        <p role="alert" class="failure">
          {failure.value}
        </p>
      )}
      <PhotoSection />
      <NetworksSection />
      <WithoutDevice />
      <Answers />
      <Layers />
      <Channel />
      <Sum />
      <Where />
      <FilterSection />
      <footer>
        {looked.value
          ? `Computed on ${looked.value.adapter} in this tab, in ${Math.round(looked.value.milliseconds)} ms.`
          : 'Nothing was computed yet.'}
      </footer>
    </>
  );
}

const app = document.getElementById('app');
if (app) render(<App />, app);
beginLooking();
beginAddress((name) => void takeDrawings(name));
void findAtHand();
