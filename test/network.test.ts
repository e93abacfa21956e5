/** The networks equal PyTorch with the kernels that the rule chooses at their size. */
import { describeNetworkParity } from './support/network-parity.ts';

describeNetworkParity(['resnet18', 'resnet34', 'resnet50', 'mobilenet_v3_small', 'mobilenet_v3_large']);
