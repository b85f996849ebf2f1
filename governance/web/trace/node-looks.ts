import {
  ArrowRightFromLine,
  ArrowRightToLine,
  Bell,
  BookOpenText,
  Braces,
  CircleCheck,
  Clock,
  Database,
  FilePen,
  Flame,
  GitFork,
  Globe,
  Inbox,
  ListChecks,
  ListTodo,
  MailPlus,
  OctagonX,
  PencilLine,
  Reply,
  Send,
  ShieldAlert,
  Split,
  SquareFunction,
  Table2,
  type LucideIcon,
} from 'lucide-react';

export interface NodeLook {
  readonly icon: LucideIcon;
  /** Colour of the strip, of middle lightness so that it is seen on both grounds; the icon on it is white. */
  readonly colour: string;
}

const LOOKS: Readonly<Record<string, NodeLook>> = {
  'hl7 in': { icon: Inbox, colour: '#0b6472' },
  'hl7 edit': { icon: PencilLine, colour: '#1d5fa8' },
  'hl7 build': { icon: MailPlus, colour: '#1d5fa8' },
  'hl7 json': { icon: Braces, colour: '#1d5fa8' },
  'hl7 to fhir': { icon: Flame, colour: '#1d5fa8' },
  'hl7 split': { icon: Split, colour: '#1d5fa8' },
  event: { icon: Split, colour: '#53697a' },
  'idempotency gate': { icon: ListChecks, colour: '#53697a' },
  'rule table': { icon: Table2, colour: '#8a5a00' },
  'fhir read': { icon: BookOpenText, colour: '#2c6b3f' },
  'fhir write': { icon: Database, colour: '#2c6b3f' },
  'fhir validate': { icon: ListChecks, colour: '#8a5a00' },
  'hl7 out': { icon: Send, colour: '#2c6b3f' },
  'http call': { icon: Globe, colour: '#2c6b3f' },
  'hl7 ack': { icon: Reply, colour: '#2c6b3f' },
  'escalation timer': { icon: Clock, colour: '#6245ac' },
  'task create': { icon: ListTodo, colour: '#6245ac' },
  'task update': { icon: ListTodo, colour: '#6245ac' },
  'task wait': { icon: ListTodo, colour: '#6245ac' },
  approval: { icon: ListTodo, colour: '#6245ac' },
  alert: { icon: Bell, colour: '#6245ac' },
  'console notice': { icon: Bell, colour: '#6245ac' },
  'audit log': { icon: FilePen, colour: '#53697a' },
  'message done': { icon: CircleCheck, colour: '#1f6b3a' },
  'message failed': { icon: OctagonX, colour: '#b42318' },
  catch: { icon: ShieldAlert, colour: '#b42318' },
  switch: { icon: GitFork, colour: '#1d5fa8' },
  function: { icon: SquareFunction, colour: '#1d5fa8' },
  'link out': { icon: ArrowRightFromLine, colour: '#53697a' },
  'link in': { icon: ArrowRightToLine, colour: '#53697a' },
  change: { icon: Braces, colour: '#1d5fa8' },
};
const OTHER: NodeLook = { icon: Braces, colour: '#5a6a75' };

export const lookOf = (type: string): NodeLook => LOOKS[type] ?? OTHER;
