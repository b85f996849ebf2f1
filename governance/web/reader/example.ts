/** A message to try the reader with: made up, and with two things in it that deserve a word. */
export const EXAMPLE = [
  'MSH|^~\\&|LABSYS|CENTRAL|EHR|HOSPITAL|20260301101500+0100||ORU^R01^ORU_R01|EXAMPLE-1|P|2.5.1|||AL|NE',
  'PID|1||EX-4711^^^HOSPITAL&1.2.3.4&ISO^MR~EX-99^^^CLINIC^PI||Example^Person^Q||19800229|F|||1 Example Street^^Exampleton^^12345^DE',
  'PV1|1|I|W3^12^A^HOSPITAL||||0815^Attending^Doctor',
  'ORC|RE|P-100|F-200||CM',
  'OBR|1|P-100|F-200|24323-8^Comprehensive metabolic panel^LN|||20260301094500|||||||||||||||20260301101000||LAB|F',
  'OBX|1|NM|2823-3^Potassium^LN||6.8|mmol/L|3.5-5.1|HH|||F|||20260301100500',
  'OBX|2|NM|2951-2^Sodium^LN||139|mmol/L|136-145|N|||Q|||20260301100500',
  'OBX|3|TX|8251-1^Comment^LN||Repeated from a second tube.\\.br\\Called to the ward.||||||F',
  'NTE|1|L|Sample was not haemolysed',
  'ABC|1|not of the standard',
].join('\r');
