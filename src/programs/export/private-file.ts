import { type FileHandle, open } from 'node:fs/promises'

/** For the user of the program alone: exports have members, references and amounts of all teams. */
export const privateDirectory = 0o700
const privateFile = 0o600

/** Opens an empty file that no other user may read, whatever the umask, and whoever may read a file that is there. */
export async function createPrivate(path: string): Promise<FileHandle> {
  const file = await open(path, 'w', privateFile)
  // The mode above is for new files only.
  await file.chmod(privateFile)
  return file
}
