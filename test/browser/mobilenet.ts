// MobileNetV3-Small against PyTorch, as test/network.test.ts has it, for a browser's worker to run.
import { describeNetworkParity } from '../support/network-parity.ts';

describeNetworkParity(['mobilenet_v3_small']);
