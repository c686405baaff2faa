/** Why a backup cannot be restored. */

/**
 * In the order in which it is found out: no backup of ours, made by a newer version, of another master key (or there is
 * none), changed or not whole; or there is something in the storage already.
 */
export type BackupErrorCode =
  | 'backup_malformed'
  | 'backup_too_new'
  | 'backup_of_other_key'
  | 'backup_damaged'
  | 'storage_not_empty'

/** A backup cannot be restored. Nothing has been written then. */
export class BackupError extends Error {
  override readonly name = 'BackupError'
  readonly code: BackupErrorCode

  constructor(code: BackupErrorCode) {
    super(explanations[code])
    this.code = code
  }
}

const explanations: Readonly<Record<BackupErrorCode, string>> = {
  backup_malformed: 'this is not a backup that mintmark made',
  backup_too_new: 'a newer version made this backup; restore it with that version',
  backup_of_other_key:
    'the backup belongs to another master key; copy the master.key of the backed up server to its place first',
  backup_damaged: 'the backup was changed or is not whole; take another one',
  storage_not_empty: 'the storage is not empty; restore into a new one',
}
