/** What `mintmark --help` says below the list of commands. */

/** Where settings and secrets come from. */
export const settingsHelp = `
Settings:
  Every flag can also be set by the environment variable shown beside it, and by a key in
  mintmark.config.json in the working folder (or --config FILE): --admin-port is "adminPort".
  A flag wins over the environment, the environment over the file. Lists are separated by
  spaces in the environment (headers by line breaks).

Secrets:
  A client secret is never a flag, because other processes and the shell history see flags.
  Use --client-secret-file FILE, --client-secret-file - for standard input, or the
  environment variable MINTMARK_CLIENT_SECRET.
`

/** What the exit codes mean. */
export const exitCodeHelp = `
Exit codes:
  0  done
  1  failure: the command was understood and could not be carried out
  2  usage: the command line, the environment or the configuration file is wrong

  With --json an error is one JSON document on standard error:
  {"error":{"code":"...","message":"..."}}
`
