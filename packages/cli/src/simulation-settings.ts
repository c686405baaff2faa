/** The settings of `mintmark rings simulate`. */
import { optional, withDefault } from './setting.ts'
import { choice, path, rate, text } from './setting-kind.ts'

/** The settings by name. */
export const simulationSettings = {
  log: optional(path('<file>'), 'access log to read'),
  format: withDefault(
    choice('<name>', ['combined', 'json']),
    'format of the log: combined (Apache httpd, nginx), or json, one object in a line',
    'combined',
  ),
  public: optional(rate, 'the ring of everybody, by address; 60/60 if none is given'),
  partner: optional(rate, 'the ring of known clients; 600/60/100 if none is given'),
  timeMember: withDefault(text('<name>'), 'with json: the member that holds the time', 'time'),
  addressMember: withDefault(
    text('<name>'),
    'with json: the member that holds the address',
    'remote_addr',
  ),
  clientMember: withDefault(
    text('<name>'),
    'with json: the member that holds the client, of verified tokens only',
    'client_id',
  ),
}
