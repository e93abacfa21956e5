/** What an adapter is and how fast, as names and values for people: lines of a terminal, rows of a page. */
import { byteSize, count, rate } from '../../format.ts';
import { wrongText } from './operations/index.ts';
import { shownLimits, type AdapterReport, type ShownLimit } from './adapter.ts';

type Fact = readonly [name: string, value: string];

const LIMITS: Readonly<Record<ShownLimit, readonly [name: string, text: (value: number) => string]>> = {
  maxBufferSize: ['buffer', byteSize],
  maxStorageBufferBindingSize: ['storage binding', byteSize],
  maxStorageBuffersPerShaderStage: ['storage bindings', count],
  maxComputeWorkgroupStorageSize: ['workgroup memory', byteSize],
  maxComputeInvocationsPerWorkgroup: ['workgroup threads', count],
  maxComputeWorkgroupsPerDimension: ['workgroups per side', count],
};

/** The optional features that it has and lacks, and its limits. */
export function featureFacts({
  features,
  missingFeatures,
  subgroupSize: lanes,
  limits,
}: AdapterReport): readonly Fact[] {
  const named = features.map((feature) =>
    feature === 'subgroups' && lanes ? `subgroups of ${[...new Set(lanes)].join('–')}` : feature,
  );
  return [
    ['features', named.join(', ') || 'none of the optional ones'],
    ...(missingFeatures.length > 0 ? [['missing', missingFeatures.join(', ')] as const] : []),
    ...shownLimits.map((limit): Fact => {
      const [name, text] = LIMITS[limit];
      return [name, text(limits[limit])];
    }),
  ];
}

/** Whether it computes right, as a sentence's end. */
export const checkText = ({ check: { wrong, compared } }: Pick<AdapterReport, 'check'>): string =>
  wrong === 0
    ? `all ${count(compared)} equal the host's`
    : `${count(wrong)} of ${count(compared)} differ from the host's`;

/** Whether the engine's kernels compute right, as a sentence's end. */
export function operationsText({
  operations: { wrong, compared },
}: Pick<AdapterReport, 'operations'>): string {
  const [first] = wrong;
  return first ? `wrong: ${wrongText(first)}` : `all ${count(compared)} as plain loops have it`;
}

/** Whether nothing that was computed is wrong. */
export const isRight = ({ check, operations }: Pick<AdapterReport, 'check' | 'operations'>): boolean =>
  check.wrong === 0 && operations.wrong.length === 0;

/** How fast it is. */
export const speedFacts = ({ speed }: Pick<AdapterReport, 'speed'>): readonly Fact[] => [
  ['multiply-add', `${rate(speed.gflops)} GFLOP/s`],
  ['copy', `${rate(speed.copyGBps)} GB/s`],
];
