/** From a convolution of the step to the page on which its kernels can be changed, at the same sizes. */
import type { StepConvolution } from '../../../../src/train/rehearse/step-record.ts';

const BY_WHAT = {
  'gradient of x': 'conv2d.backward-data',
  'gradient of the weight': 'conv2d.backward-weight',
} as const;
const BY_EPILOGUE = {
  none: 'conv2d.forward',
  norm: 'conv2d.forward+norm',
  'norm + residual': 'conv2d.forward+norm+add',
} as const;

export function KernelLinks({ of: { sizes, computes, epilogue } }: { readonly of: StepConvolution }) {
  return (
    <p>
      {computes.map((what) => {
        const address = new URLSearchParams({
          op: what === 'result' ? BY_EPILOGUE[epilogue] : BY_WHAT[what],
        });
        for (const [name, size] of Object.entries(sizes)) address.append('size', `${name}.${size}`);
        return (
          <a key={what} href={`../kernel/index.html#${address.toString()}`}>
            Open the kernel of its {what}
          </a>
        );
      })}
    </p>
  );
}
