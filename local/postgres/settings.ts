const MIB = 1024 * 1024;

/** A production server's promises (a commit is on the disk), with room for the load of a benchmark. */
export function postgresSettings(options: {
  memoryBytes: number;
  socketFolder: string;
}): Record<string, string> {
  const sharedBuffersMiB = Math.min(2_048, Math.max(128, Math.floor(options.memoryBytes / MIB / 8)));
  return {
    // No port to clash with another server, and nobody but the socket folder's owner gets in.
    listen_addresses: '',
    unix_socket_directories: options.socketFolder,
    unix_socket_permissions: '0700',
    max_connections: '200',

    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',

    shared_buffers: `${sharedBuffersMiB}MB`,
    // Rare checkpoints: each one makes the next write of every page go to the log in full.
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    // Every statement here is short; compiling one costs more than running it.
    jit: 'off',

    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] %a ',
    log_checkpoints: 'off',
  };
}
