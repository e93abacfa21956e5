/**
 * A module is a piece of a network: it owns parameters, buffers and other modules as plain properties, and their names
 * are the property names joined by dots. That is how torchvision names them, and those names are a contract: weights
 * files, `--tune` and error messages all speak them.
 */
import type { Random } from '../random.ts';
import { Buffer, Counter, Parameter, type HostTensor, type StateDict } from './parameter.ts';

type State = Parameter | Buffer | Counter;
/** What a module has as properties of its own. */
export type Owned = State | Module;

/**
 * A piece of a network. Parameters, buffers and modules that it has as properties are its own, under torchvision's names: those of the properties,
 * joined by dots.
 *
 * ```ts
 * class Perceptron extends Module {
 *   readonly hidden = new Linear(gpu, 4, 8);
 *   readonly out = new Linear(gpu, 8, 2);
 *   forward = (x: Tensor) => this.out.forward(relu(this.hidden.forward(x)));
 * }
 * const model = new Perceptron();
 * model.initialise(createRandom(1));
 * [...model.namedParameters().keys()]; // → ['hidden.weight', 'hidden.bias', 'out.weight', 'out.bias']
 * const weights = await model.stateDict();
 * weights.get('out.weight')?.shape; // → [2, 8]
 * ```
 */
export abstract class Module {
  /** What `train()` and `eval()` set; batch norm looks at it. */
  training = true;

  /** Parameters by name, in torchvision's order. */
  namedParameters(): Map<string, Parameter> {
    const found = new Map<string, Parameter>();
    this.visit('', (name, owned) => {
      if (owned instanceof Parameter) found.set(name, owned);
    });
    return found;
  }

  /** Parameters whose name is `prefix` or starts with it and a dot; all without a prefix. */
  parameters(prefix = ''): Parameter[] {
    return [...this.namedParameters()]
      .filter(([name]) => isWithin(name, prefix))
      .map(([, parameter]) => parameter);
  }

  /** This module and all within it. */
  modules(): Module[] {
    const found: Module[] = [this];
    this.visit('', (_name, owned) => {
      if (owned instanceof Module) found.push(owned);
    });
    return found;
  }

  /** Sets `training` here and in all that is within. */
  train(mode = true): this {
    for (const module of this.modules()) module.training = mode;
    return this;
  }

  /** As `train(false)`: batch norm uses its running statistics from now on. */
  eval(): this {
    return this.train(false);
  }

  /**
   * Stores the weights of all convolutions in f16, and with them the activations of evaluation: half the memory and traffic. All
   * arithmetic stays in f32, and so do batch norm, the head and what `stateDict` reads. As PyTorch's `model.half()`, but for
   * inference alone: throws `RangeError` if a parameter is trained, `GpuError` where the adapter has no f16.
   */
  half(): this {
    for (const [name, { requiresGrad }] of this.namedParameters()) {
      if (requiresGrad)
        throw new RangeError(
          `half(): ${name} is trained, which takes f32: set its requiresGrad to false first.`,
        );
    }
    for (const [, owned] of this.owned()) if (owned instanceof Module) owned.half();
    return this;
  }

  /** Draws fresh values for all parameters, as torchvision initialises them, and resets the running statistics. */
  initialise(random: Random): void {
    for (const [, owned] of this.owned()) {
      if (owned instanceof Module) owned.initialise(random);
    }
  }

  /**
   * Where layers that draw in training, such as dropout, begin their draws from now on: equal keys, equal draws, and each layer has
   * draws of its own.
   */
  drawFrom(key: readonly number[]): void {
    this.owned().forEach(([, owned], i) => {
      if (owned instanceof Module) owned.drawFrom([...key, i]);
    });
  }

  /** Names and shapes of all that a weights file of this module holds, in torchvision's layout. */
  stateShapes(): Map<string, readonly number[]> {
    const shapes = new Map<string, readonly number[]>();
    this.visit('', (name, owned) => {
      if (!(owned instanceof Module)) shapes.set(name, owned.fileShape);
    });
    return shapes;
  }

  /**
   * Reads all parameters and buffers back from the GPU. Frozen parameters are taken from `earlier`, a state of this
   * module, where it is given: they are most of a network whose head is trained.
   */
  async stateDict(earlier?: ReadonlyMap<string, HostTensor>): Promise<StateDict> {
    const reads: Promise<readonly [string, HostTensor]>[] = [];
    this.visit('', (name, owned) => {
      if (owned instanceof Module) return;
      const known = owned instanceof Parameter && !owned.requiresGrad ? earlier?.get(name) : undefined;
      const tensor = known ? Promise.resolve(known) : owned.save();
      reads.push(tensor.then((tensor) => [name, tensor] as const));
    });
    return new Map(await Promise.all(reads));
  }

  /**
   * Sets the parameters and buffers that `state` names; names that this module does not have are ignored, and what `state`
   * lacks stays (weights/match.ts checks both and reports them). Throws `RangeError` naming a tensor of another shape.
   */
  loadStateDict(state: ReadonlyMap<string, HostTensor>): void {
    this.visit('', (name, owned) => {
      const tensor = state.get(name);
      if (!tensor || owned instanceof Module) return;
      try {
        owned.load(tensor);
      } catch (error) {
        throw new RangeError(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    });
  }

  /** Frees the GPU memory of all parameters and buffers; the module is of no use afterwards. */
  dispose(): void {
    this.visit('', (_name, owned) => {
      if (!(owned instanceof Module)) owned.dispose();
    });
  }

  /** Its own by the names of the properties, which are the names in files; a subclass may give them others. */
  protected owned(): [string, Owned][] {
    return Object.entries(this).filter((entry): entry is [string, Owned] => isOwned(entry[1]));
  }

  private visit(prefix: string, visitor: (name: string, owned: Owned) => void): void {
    for (const [property, owned] of this.owned()) {
      const name = prefix + snakeCase(property);
      visitor(name, owned);
      if (owned instanceof Module) owned.visit(`${name}.`, visitor);
    }
  }
}

const isOwned = (value: unknown): value is Owned =>
  [Parameter, Buffer, Counter, Module].some((kind) => value instanceof kind);

/** Whether a dotted name lies within a part of the network, e.g. `layer4.0.conv1.weight` within `layer4`. */
export function isWithin(name: string, part: string): boolean {
  return part === '' || name === part || name.startsWith(`${part}.`);
}

/** runningMean → running_mean: torchvision's names are Python's. */
const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
