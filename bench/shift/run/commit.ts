import { execFileSync } from 'node:child_process';

/** The commit of the checkout in this folder, `-dirty` behind it where tracked files were changed since; null where there is none. */
export function currentCommit(): string | null {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty', '--exclude', '*'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return null;
  }
}
