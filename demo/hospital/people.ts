import { seeded, type Chance } from './random.ts';

/** A patient of the synthetic hospital. Names, numbers and addresses are made up. */
export interface Patient {
  readonly mrn: string;
  readonly family: string;
  readonly given: string;
  /** `YYYYMMDD`. */
  readonly born: string;
  readonly sex: 'F' | 'M';
  readonly street: string;
  readonly city: string;
  readonly postcode: string;
  readonly phone: string;
}

const FAMILY = [
  'Abara',
  'Bergström',
  'Castellano',
  'Dvořák',
  'Eriksen',
  'Faulkner',
  'García',
  'Haddad',
  'Ivanova',
  'Jankowski',
  'Kowalczyk',
  'Lindqvist',
  "O'Malley",
  'Mbeki',
  'Nakamura',
  'Okafor',
  'Petrov',
  'Quist',
  'Rahman',
  'Schröder',
  'Tanaka',
  'Underwood',
  'Varga',
  'Whitfield',
  'Xu',
  'Yıldız',
  'Zieliński',
  'Müller-Hahn',
  'van der Berg',
  'Nguyen',
  'Ferrari',
  'Silva',
  'Papadaki',
  'Horvat',
  'Novák',
  'Laurent',
  'Brannigan',
  'Achterberg',
  'Osei',
  'Lund',
] as const;
const WOMEN = [
  'Amina',
  'Beatriz',
  'Clara',
  'Dagny',
  'Elif',
  'Fatou',
  'Grete',
  'Hanna',
  'Inés',
  'Jadwiga',
  'Keiko',
  'Leila',
] as const;
const MEN = [
  'Anders',
  'Bilal',
  'Cem',
  'Dmitri',
  'Emeka',
  'François',
  'Gustav',
  'Håkon',
  'Iwan',
  'José',
  'Kofi',
  'Lars',
] as const;
const STREETS = ['Orchard Lane', 'Mill Road', 'Harbour Street', 'Station Way', 'Elm Crescent', 'Chapel Hill'] as const;
const CITIES = ['Northgate', 'Eastmere', 'Westbrook', 'Highfield'] as const;

/**
 * Everybody whom hospital and EHR know, the same in every run. The record of the first is closed in the EHR
 * (demo/README.md).
 */
export function population(): readonly Patient[] {
  return patients(40, seeded(20_260_101));
}

/** `count` different patients. */
function patients(count: number, chance: Chance): readonly Patient[] {
  return Array.from({ length: count }, (_, i) => {
    const sex = chance.happens(0.5) ? 'F' : 'M';
    const year = 2025 - Math.min(97, Math.max(1, Math.round(chance.around(62, 30))));
    const day = `${pad(chance.between(1, 12))}${pad(chance.between(1, 28))}`;
    return {
      mrn: String(700_000 + i * 137 + chance.between(1, 90)),
      family: FAMILY[i % FAMILY.length] ?? 'Lund',
      given: sex === 'F' ? chance.pick(WOMEN) : chance.pick(MEN),
      born: `${year}${day}`,
      sex,
      street: `${chance.between(1, 180)} ${chance.pick(STREETS)}`,
      city: chance.pick(CITIES),
      postcode: `NG${chance.between(10, 99)} ${chance.between(1, 9)}AB`,
      phone: `555-01${pad(chance.between(0, 99))}`,
    };
  });
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
