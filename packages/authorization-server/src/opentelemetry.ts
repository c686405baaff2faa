/** Metrics and spans of the server for OpenTelemetry. */
export {
  type ServerOpenTelemetry,
  type ServerOpenTelemetryOptions,
  serverTelemetry,
  type WatchedServer,
} from './telemetry/open-telemetry.ts'
