/** What a transaction on PostgreSQL has read stays as it is until its end, as on SQLite, where it would be the only one. */
import { AliasNode, SelectModifierNode, sql, TableNode } from 'kysely'
import type {
  Kysely,
  KyselyPlugin,
  OperationNode,
  PluginTransformQueryArgs,
  PluginTransformResultArgs,
  QueryResult,
  RootOperationNode,
  SelectQueryNode,
  UnknownRow,
} from 'kysely'
import type { Schema } from '../schema.ts'

/** Read by everybody and hardly ever written: readers need not wait for each other there. */
const SHARED: ReadonlySet<string> = new Set<keyof Schema>(['memory'])

/**
 * Lets each query of a transaction that reads rows lock them: who wants to change one, or read it to change it, waits for the end.
 * Counts and sums lock nothing: what depends on one takes a lock by name first.
 */
export class LockingReads implements KyselyPlugin {
  /** The query, with the lock where it reads rows. @throws {TypeError} for a join that leaves some of what it reads without one. */
  transformQuery({ node }: PluginTransformQueryArgs): RootOperationNode {
    if (node.kind !== 'SelectQueryNode' || node.groupBy !== undefined || hasSums(node)) return node
    const tables = tablesOf(node)
    if (tables.length === 0) return node
    const isShared = tables.every((table) => SHARED.has(nameOf(table)))
    const lock = SelectModifierNode.create(isShared ? 'ForShare' : 'ForNoKeyUpdate', tables)
    return { ...node, endModifiers: [...(node.endModifiers ?? []), lock] }
  }

  /** The result as it is. */
  async transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    return Promise.resolve(result)
  }
}

/**
 * Waits until nobody else holds this name, and holds it until the end of the transaction: for what depends on a row that is not there.
 * Names are hashed by PostgreSQL. Two that fall together wait for each other, and nothing worse.
 */
export async function lockName(kysely: Kysely<Schema>, name: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(kysely)
}

/** Whether a query counts or sums up: such rows cannot be locked. */
function hasSums({ selections = [] }: SelectQueryNode): boolean {
  return selections.some(({ selection }) => {
    const value: OperationNode = AliasNode.is(selection) ? selection.node : selection
    return value.kind === 'AggregateFunctionNode'
  })
}

/** The tables that a query reads. After a wait PostgreSQL looks once more at what is locked, and at nothing else: so all of it must be. */
function tablesOf({ from, joins = [] }: SelectQueryNode): readonly OperationNode[] {
  if (joins.some(({ joinType }) => joinType !== 'InnerJoin'))
    throw new TypeError('a transaction may read old rows by an outer join: use two queries')
  return [...(from?.froms ?? []), ...joins.map(({ table }) => table)].filter((table) => TableNode.is(table))
}

/** The name of a table. */
function nameOf(table: OperationNode): string {
  return TableNode.is(table) ? table.table.identifier.name : ''
}
