/**
 * What each type of record is in the words of FHIR and DICOM. What touches data of patients follows a profile of IHE BALP
 * (Basic Audit Log Patterns); what happens to accounts, keys and the system has codes of DICOM PS3.15 A.5; the rest is an
 * activity of the application with our own code. The most particular row wins: the type, then its first part.
 */

/** RESTful interactions of BALP; the others by code of DICOM: event id, event type. */
export type EventKind =
  | { readonly kind: 'create' | 'read' | 'update' | 'delete' | 'query' }
  | {
      readonly kind: 'dicom';
      readonly event: DicomCode;
      readonly type?: DicomCode;
      readonly action: 'C' | 'R' | 'U' | 'D' | 'E';
      /** 0 success, 4 minor, 8 serious failure. */
      readonly outcome?: '0' | '4' | '8';
    };

export const DICOM = {
  'application-activity': ['110100', 'Application Activity'],
  'audit-log-used': ['110101', 'Audit Log Used'],
  'security-alert': ['110113', 'Security Alert'],
  'user-authentication': ['110114', 'User Authentication'],
  'application-start': ['110120', 'Application Start'],
  'application-stop': ['110121', 'Application Stop'],
  login: ['110122', 'Login'],
  logout: ['110123', 'Logout'],
  'emergency-started': ['110127', 'Emergency Override Started'],
  'security-configuration': ['110129', 'Security Configuration'],
  'software-configuration': ['110131', 'Software Configuration'],
  'restricted-function': ['110132', 'Use of Restricted Function'],
  'object-attributes': ['110135', 'Object Security Attributes Changed'],
  'security-roles': ['110136', 'Security Roles Changed'],
  'user-attributes': ['110137', 'User security Attributes Changed'],
  'emergency-stopped': ['110138', 'Emergency Override Stopped'],
  application: ['110150', 'Application'],
  destination: ['110152', 'Destination Role ID'],
  source: ['110153', 'Source Role ID'],
} as const satisfies Readonly<Record<string, readonly [string, string]>>;
export type DicomCode = keyof typeof DICOM;

type Outcome = '0' | '4' | '8';
const dicom =
  (event: DicomCode, action: 'C' | 'R' | 'U' | 'D' | 'E') =>
  (type?: DicomCode, outcome?: Outcome): EventKind => ({
    kind: 'dicom',
    event,
    action,
    ...(type && { type }),
    ...(outcome && { outcome }),
  });
const authentication = dicom('user-authentication', 'E');
const alert = dicom('security-alert', 'U');
const activity = dicom('application-activity', 'E');

const KINDS: Readonly<Record<string, EventKind>> = {
  'message.body-viewed': { kind: 'read' },
  'message.searched': { kind: 'query' },
  'message.decisions-viewed': { kind: 'read' },
  'fhir.read': { kind: 'read' },
  'task.created': { kind: 'create' },
  'retention.purged': { kind: 'delete' },
  'session.logged-in': authentication('login'),
  'session.login-failed': authentication('login', '4'),
  'session.login-refused': authentication('login', '4'),
  'session.login-locked': authentication('login', '8'),
  'session.logged-out': authentication('logout'),
  session: authentication(),
  'account.roles-changed': alert('security-roles'),
  'account.created': alert('user-attributes'),
  account: alert('user-attributes'),
  program: alert('user-attributes'),
  key: alert('security-configuration'),
  trust: alert('security-configuration'),
  gate: alert('restricted-function'),
  'gate.refused': alert('restricted-function', '8'),
  'gate.applied': alert('software-configuration'),
  'gate.apply-failed': alert('software-configuration', '8'),
  'gate.drift-found': alert('software-configuration', '8'),
  'gate.drift-ended': alert('software-configuration'),
  'gate.trust-seen': alert('security-configuration'),
  'trust.refused': alert('security-configuration', '8'),
  'proposal.approval-refused': activity('restricted-function', '8'),
  'release.glass-broken': alert('emergency-started'),
  'release.refused': alert('software-configuration', '8'),
  'release.pull-refused': alert('software-configuration', '8'),
  'release.not-applied': alert('software-configuration', '8'),
  'definition.deployed': alert('software-configuration'),
  release: alert('software-configuration'),
  'runtime.started': activity('application-start'),
  'runtime.stopped': activity('application-stop'),
  'audit.exported': dicom('audit-log-used', 'R')(),
  'audit.verified': dicom('audit-log-used', 'R')(),
  'audit.chain-replaced': alert('object-attributes', '8'),
  'audit.heads-trouble': alert('security-configuration', '4'),
};

const OTHERWISE = activity();

export function eventKind(type: string): EventKind {
  return KINDS[type] ?? KINDS[type.slice(0, type.indexOf('.'))] ?? OTHERWISE;
}
