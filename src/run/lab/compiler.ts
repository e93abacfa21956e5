/** The compiler, asked what it makes of a text and nothing else. */
import type { Gpu } from '../../gpu/index.ts';
import type { CompilerMessage } from './judgement.ts';

/** What the compiler says of a text. */
export async function compilerMessages(gpu: Gpu, code: string): Promise<CompilerMessage[]> {
  const { device } = gpu;
  device.pushErrorScope('validation'); // a faulty text is reported by its messages, and nowhere else
  const module = device.createShaderModule({ code });
  device.popErrorScope().catch(() => undefined); // rejected where the device is lost, which is told elsewhere
  const { messages } = await module.getCompilationInfo();
  return messages.map(({ type, message, lineNum, linePos, length }) => ({
    ...{ kind: type, text: message, line: lineNum, column: linePos, length },
  }));
}
