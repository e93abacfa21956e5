/** The model and its report as files. */
import { useSignal } from '@preact/signals';
import { TakeRun } from '../projects/take-run.tsx';
import { take } from '../state/trying.ts';

export function TakeAway() {
  const isHalf = useSignal(false);
  const takeModel = (what: 'safetensors' | 'onnx') => void take(what, isHalf.value ? 'f16' : 'f32');
  return (
    <>
      <h3>Take away</h3>
      <p class="actions">
        <button type="button" onClick={() => takeModel('safetensors')}>
          Model for PyTorch (safetensors)
        </button>
        <button type="button" onClick={() => takeModel('onnx')}>
          Model for ONNX
        </button>
        <button type="button" onClick={() => void take('report')}>
          Report
        </button>
        <TakeRun />
      </p>
      <label class="check">
        <input
          type="checkbox"
          checked={isHalf.value}
          onChange={({ currentTarget }) => (isHalf.value = currentTarget.checked)}
        />{' '}
        Models in 16-bit floats
        <small>Half as large.</small>
      </label>
    </>
  );
}
