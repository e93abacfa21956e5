/** Debian's PyTorch, where there is one: tests that compare with it skip elsewhere, and say so. */
import { execFileSync } from 'node:child_process';

/** The Python that has it. A machine may name its processor for OpenBLAS wrongly. */
export const PYTHON = '/usr/bin/python3';
export const pythonEnv = { ...process.env, OPENBLAS_CORETYPE: '' };

/** Whether PyTorch and torchvision are here; where not, prints that `what` is skipped. */
export function hasTorch(what: string): boolean {
  try {
    execFileSync(PYTHON, ['-c', 'import torch, torchvision'], { stdio: 'ignore', env: pythonEnv });
    return true;
  } catch {
    console.log(`skipped: ${what} needs Debian's python3-torch and python3-torchvision`);
    return false;
  }
}
