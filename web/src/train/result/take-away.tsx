/** The model and its report as files. */
import { TakeRun } from '../projects/take-run.tsx';
import { take } from '../state/trying.ts';

export function TakeAway() {
  return (
    <>
      <h3>Take away</h3>
      <p class="actions">
        <button type="button" onClick={() => void take('safetensors')}>
          Model for PyTorch (safetensors)
        </button>
        <button type="button" onClick={() => void take('onnx')}>
          Model for ONNX
        </button>
        <button type="button" onClick={() => void take('report')}>
          Report
        </button>
        <TakeRun />
      </p>
    </>
  );
}
