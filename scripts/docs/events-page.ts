import { EVENT_CATALOGUE, EVENT_FAMILIES, schemaOf, type EventName } from '../../engine/index.ts';
import { cell, table } from './cell.ts';

/** What nearly every event has: described once. */
const SHARED = new Set(['sourceTrigger', 'resource', 'possibleDuplicateOf', 'patient', 'visit', 'derivedFrom']);

interface Described {
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Described>>;
  readonly items?: Described;
  readonly anyOf?: readonly Described[];
}

const dataOf = (name: EventName): Readonly<Record<string, Described>> =>
  (schemaOf(name)['properties'] as { readonly data: Required<Pick<Described, 'properties'>> }).data.properties;

function describe(one: Described): string {
  const [first] = one.anyOf ?? [];
  if (first) return `${describe(first)}, or null`;
  const said = one.description ?? '';
  if (one.enum) return `${said} (${one.enum.map((value) => `\`${value}\``).join(', ')})`;
  if (one.properties) {
    const members = Object.keys(one.properties).map((name) => `\`${name}\``);
    return `${said}: ${members.join(', ')}`;
  }
  return said;
}

function section(name: EventName): string {
  const { says, key, hl7, fhir, version } = EVENT_CATALOGUE[name];
  const own = Object.entries(dataOf(name)).filter(([member]) => !SHARED.has(member));
  const facts = [
    `- Version: ${version}`,
    `- Key: ${key}`,
    ...(hl7 === '' ? [] : [`- From HL7 v2: ${hl7}`]),
    ...(fhir === '' ? [] : [`- From FHIR: ${fhir}`]),
  ];
  return [
    `### ${name}`,
    says,
    facts.map(escaped).join('\n'),
    ...(own.length === 0
      ? []
      : [
          table(
            ['data', 'what it is'],
            own.map(([member, one]) => [`\`${member}\``, cell(describe(one))]),
          ),
        ]),
  ].join('\n\n');
}

const escaped = (line: string): string => line.replaceAll('<', '&lt;').replaceAll('^', '\\^');

export const eventsPage = (): string => `# Events

What flows see of the outside: clinical facts as CloudEvents 1.0, each with a name in the past tense, whether an HL7 v2 message or
a FHIR server told it. Where they come from and how to use them: [events](../guide/events.md).

The envelope of each: \`id\` (the same for the same fact, however often and by whomever it is told), \`type\` (\`org.wardflow.\`, the name
and the version), \`name\`, \`subject\` (opaque key of the patient), \`time\` (when it happened, as stated), \`recordedtime\` (when it was
accepted), \`statedtime\` (when the sender stated it), \`stage\`, \`correction\`, \`late\` (only where something that happened later is known
already), \`mode\`, \`correlationid\`, \`causationid\` (the message that told it), \`sequence\` (the order in which messages were
accepted), \`traceparent\`, \`statedsubject\` (only where the message states a number that has come under another), \`businesskey\` and
\`contenthash\` (what an idempotency gate goes by).

In \`data\`, nearly every event has \`sourceTrigger\`, \`patient\`, \`visit\` and \`derivedFrom\` (\`trigger\`: the sender says so; \`difference\`: it
follows from what was known before). From FHIR it also has \`resource\` (type, id, version), and \`possibleDuplicateOf\` where nothing
that both sides know names the fact.

${Object.entries(EVENT_FAMILIES)
  .map(([family, events]) => `## ${family}\n\n${(Object.keys(events) as EventName[]).map(section).join('\n\n')}`)
  .join('\n\n')}
`;
