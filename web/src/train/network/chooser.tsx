/** What a run starts from: the network of the site, one of the catalogue, or a file of one's own. */
import { byteSize, printable } from '../../../../src/format.ts';
import type { KnownNetwork } from '../../engine/weights.ts';
import { Drop, Picker } from '../shared/drop.tsx';
import {
  addNetwork,
  cancelFetching,
  chooseNetwork,
  fetchNetwork,
  forgetNetwork,
  fetching,
  network,
  networks,
} from '../state/network.ts';

export function Chooser() {
  const chosen = network.value;
  return (
    <>
      <p class="field">
        <label for="start-from">Start from</label>
        <select
          id="start-from"
          value={chosen?.name}
          onChange={({ currentTarget }) => {
            const wanted = networks.value.find(({ name }) => name === currentTarget.value);
            if (wanted) chooseNetwork(wanted);
          }}
        >
          {networks.value.map((one) => (
            <option key={one.name} value={one.name}>
              {one.note}
              {one.place === 'server' ? ` (${byteSize(one.bytes)} to fetch)` : ''}
            </option>
          ))}
        </select>
      </p>
      {chosen && <Chosen {...chosen} />}
      <details>
        <summary>A network of your own</summary>
        <Drop take={addNetwork}>
          <p>
            Drop a .pth or .safetensors file with the weights of a ResNet or MobileNetV3, named as torchvision
            names them. It stays in this browser.
          </p>
          <p class="actions">
            <Picker label="Choose a file of weights" take={addNetwork} accept=".pth,.pt,.safetensors" />
          </p>
        </Drop>
      </details>
    </>
  );
}

/** What can be done about the chosen network: fetched, downloaded by hand, removed. */
function Chosen({ name, place, published, bytes, notes = [] }: KnownNetwork) {
  const terms = published && <>Licence: {published.licence}.</>;
  if (place === 'kept')
    return (
      <>
        <p class="hint">
          Kept in this browser, {byteSize(bytes)}. {terms}{' '}
          <button type="button" class="quiet" onClick={() => void forgetNetwork(name)}>
            Remove {name}
          </button>
        </p>
        {notes.length > 0 && <p class="hint notes">How it was read: {printable(notes.join('; '))}.</p>}
      </>
    );
  if (!published) return null; // the site's own
  return (
    <div class="hint">
      <p class="actions">
        {fetching.value === name ? (
          <button type="button" onClick={() => void cancelFetching()}>
            Stop fetching
          </button>
        ) : (
          <button
            type="button"
            disabled={fetching.value !== undefined}
            onClick={() => void fetchNetwork(name)}
          >
            Fetch {byteSize(bytes)}
          </button>
        )}
        <span>from {new URL(published.url).host}, once.</span>
      </p>
      <p>
        {terms} Where that server does not let a page fetch it,{' '}
        <a href={published.url} rel="noreferrer" download>
          download the file
        </a>{' '}
        and drop it under “A network of your own”.
      </p>
    </div>
  );
}
