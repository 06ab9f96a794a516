/**
 * The tables that kysely knows, by name. Each room adds the ones it owns from its store:
 * `declare module '../../platform/db/tables.ts' { interface Tables { devices: DeviceTable } }`.
 */
// oxlint-disable-next-line typescript/no-empty-object-type -- rooms merge their tables into it
export interface Tables {}
