/**
 * One walk over a resource: structure, the form of primitives, required codes, rules. Bounded by what it is given: the depth
 * here, the bytes and the time by who calls it (validation-worker.ts).
 */
import type { FhirResource } from '../endpoint.ts';
import { codeFault } from './codes.ts';
import type { Constraint, Definitions, ElementRule, ElementUse, TypeRule } from './definitions.ts';
import type { Expressions } from './expressions.ts';
import { Findings } from './findings.ts';
import { holdsInCode, type Elements } from './invariants.ts';
import { wrongNarrative } from './narrative.ts';
import { isPrimitive, wrongForm } from './primitives.ts';
import { referenceFault } from './references.ts';
import { resourceFaults } from './resource-rules.ts';
import { enter, type Scope } from './scope.ts';
import type { ValidationOutcome } from './validation.ts';
import type { ValueSets } from './value-sets.ts';

export interface CheckParts {
  readonly definitions: Definitions;
  readonly valueSets: ValueSets;
  readonly expressions: Expressions;
}

const DEEPEST = 60;
/** Of FHIR: others might be anything, a value too. */
const PROPERTY = /^_?[A-Za-z][A-Za-z0-9]{0,63}$/;

export function checkResource(resource: FhirResource, parts: CheckParts): ValidationOutcome {
  const walk = new Walk(parts);
  walk.resource(resource, null, null);
  return walk.findings.outcome();
}

class Walk {
  readonly findings = new Findings();
  readonly #parts: CheckParts;
  #depth = 0;

  constructor(parts: CheckParts) {
    this.#parts = parts;
  }

  /** `path`: of the place in the resource around it. */
  resource(value: unknown, path: string | null, around: Scope | null): void {
    const { definitions } = this.#parts;
    if (!isObject(value)) {
      this.findings.error('structure', path ?? 'Resource', 'A resource is a JSON object.');
      return;
    }
    const { resourceType } = value;
    if (typeof resourceType !== 'string' || !definitions.isResource(resourceType)) {
      const named = typeof resourceType === 'string' && PROPERTY.test(resourceType) ? resourceType : 'Resource';
      this.findings.error('structure', path ?? named, 'This is no resource type of R4.');
      return;
    }
    const rule = definitions.type(resourceType)!;
    const scope = enter(value as Elements & { resourceType: string }, around);
    const at = path ?? resourceType;
    this.#object(value, rule, at, scope);
    for (const { code, severity, below, text } of resourceFaults(value, scope))
      if (severity === 'error') this.findings.error(code, at + below, text);
      else this.findings.warning(code, at + below, text);
  }

  /** `hasValue`: of a primitive, whose id and extensions stand beside it. */
  #object(value: Elements, rule: TypeRule, path: string, scope: Scope, hasValue = false): void {
    this.#depth += 1;
    if (this.#depth > DEEPEST) this.findings.error('too-costly', path, 'The content is nested too deeply.');
    else this.#members(value, rule, path, scope, hasValue);
    this.#depth -= 1;
  }

  #members(value: Elements, rule: TypeRule, path: string, scope: Scope, hasValue: boolean): void {
    const names = Object.keys(value);
    const isEmpty = names.every((name) => name === 'id' && !hasValue);
    if (isEmpty && rule.kind !== 'resource') {
      this.findings.error('invariant', path, 'An element has content besides its id (ele-1).');
      return;
    }
    const given = new Map<ElementRule, string>();
    for (const name of names) {
      if (name === 'resourceType' && rule.kind === 'resource') continue;
      const plain = name.startsWith('_') ? name.slice(1) : name;
      const property = rule.properties.get(plain);
      const isSister = name !== plain;
      if (!property || (isSister && !isPrimitive(property.use.type))) {
        this.#unknown(path, name);
        continue;
      }
      const { element, use } = property;
      const before = given.get(element);
      given.set(element, plain);
      if (before !== undefined && before !== plain)
        this.findings.error('structure', `${path}.${element.name}`, 'Of the types of this element, one is given.');
      // Primitive and sister are looked at together, at the first of the two.
      if (before === plain) continue;
      this.#element(value, plain, element, use, `${path}.${element.name}`, scope);
    }
    for (const element of rule.elements)
      if (element.min > 0 && !given.has(element))
        this.findings.error('required', `${path}.${element.name}`, 'This element is required.');
    this.#rules(rule.constraints, rule.name, value, path, scope);
    this.#ofType(value, rule, path);
  }

  #unknown(path: string, name: string): void {
    if (PROPERTY.test(name)) this.findings.error('structure', `${path}.${name}`, 'There is no such element here.');
    else this.findings.error('structure', path, 'There is an element here whose name is none of FHIR.');
  }

  #element(holder: Elements, name: string, element: ElementRule, use: ElementUse, path: string, scope: Scope): void {
    const value = holder[name];
    const sister = holder[`_${name}`];
    if (!element.repeats) {
      if (Array.isArray(value) || Array.isArray(sister))
        this.findings.error('structure', path, 'This element is there once: it is no array.');
      else this.#value(value, sister, element, use, path, scope);
      return;
    }
    if (!isList(value) || !isList(sister)) {
      this.findings.error('structure', path, 'This element repeats: it is an array.');
      return;
    }
    const count = Math.max(value?.length ?? 0, sister?.length ?? 0);
    if (count === 0) this.findings.error('structure', path, 'An array is never empty.');
    for (let i = 0; i < count; i += 1)
      this.#value(value?.[i] ?? undefined, sister?.[i] ?? undefined, element, use, `${path}[${i}]`, scope);
  }

  #value(value: unknown, sister: unknown, element: ElementRule, use: ElementUse, path: string, scope: Scope): void {
    if ((value === undefined || value === null) && (sister === undefined || sister === null)) {
      this.findings.error('structure', path, 'Null stands only in arrays, where an extension has its place.');
      return;
    }
    if (isPrimitive(use.type)) this.#primitive(value, sister, element, use, path, scope);
    else if (use.type === 'Resource') this.resource(value, path, scope);
    else if (isObject(value)) this.#complex(value, element, use, path, scope);
    else this.findings.error('structure', path, 'A JSON object is expected here.');
  }

  #primitive(value: unknown, sister: unknown, element: ElementRule, use: ElementUse, path: string, scope: Scope): void {
    if (sister !== undefined && sister !== null) {
      const rule = this.#parts.definitions.type('Element');
      if (!isObject(sister)) this.findings.error('structure', path, 'The extensions of a primitive are an object.');
      else if (rule) this.#object(sister, rule, path, scope, value !== undefined && value !== null);
    }
    if (value === undefined || value === null) return;
    const wrong = wrongForm(use.type, value);
    if (wrong !== null) {
      this.findings.error('value', path, wrong);
      return;
    }
    if (use.type === 'xhtml' && typeof value === 'string') {
      const fault = wrongNarrative(value);
      if (fault !== null) this.findings.error('invariant', path, fault);
    }
    this.#codes(value, element, use, path);
    this.#rules(element.constraints, use.type, value, path, scope);
  }

  #complex(value: Elements, element: ElementRule, use: ElementUse, path: string, scope: Scope): void {
    const rule = this.#parts.definitions.type(use.type);
    if (!rule) return;
    this.#object(value, rule, path, scope);
    this.#codes(value, element, use, path);
    if (use.simple && value['comparator'] !== undefined)
      this.findings.error('invariant', path, 'The comparator is not used on a SimpleQuantity (sqty-1).');
    if (use.type === 'Reference') {
      const fault = referenceFault(value, use.targets, scope, this.#parts.definitions);
      const at = fault?.whole === false ? `${path}.reference` : path;
      if (fault?.severity === 'error') this.findings.error(fault.code, at, fault.text);
      else if (fault) this.findings.warning(fault.code, at, fault.text);
    }
    this.#rules(element.constraints, use.type, value, path, scope);
  }

  #codes(value: unknown, { valueSet }: ElementRule, { type }: ElementUse, path: string): void {
    const text = valueSet === '' ? null : codeFault(value, type, valueSet, this.#parts.valueSets);
    if (text !== null) this.findings.error('code-invalid', path, text);
  }

  #ofType(value: Elements, { name }: TypeRule, path: string): void {
    if (name !== 'Extension') return;
    const values = Object.keys(value).filter((key) => /^_?value[A-Z]/.test(key)).length;
    if (values > 0 === (value['extension'] !== undefined))
      this.findings.error('invariant', path, 'An extension has either a value or extensions (ext-1).');
    const { url } = value;
    // Within another extension, a name is enough.
    if (
      typeof url === 'string' &&
      !/\.extension\[\d+\]\.extension\[\d+\]$/.test(path) &&
      !/^[A-Za-z][\w+.-]*:/.test(url)
    )
      this.findings.error('value', `${path}.url`, 'The URL of an extension is absolute.');
  }

  #rules(rules: readonly Constraint[], type: string, value: unknown, path: string, scope: Scope): void {
    for (const rule of rules) {
      const { key, severity, human } = rule;
      const holds =
        holdsInCode(key, type, value) ?? this.#parts.expressions.holds(rule, nameOf(type), value, scope.variables);
      if (holds) continue;
      const text = `${human.trim().replace(/\.$/, '')} (${key}).`;
      if (severity === 'error') this.findings.error('invariant', path, text);
      else this.findings.warning('invariant', path, text);
    }
  }
}

/** FHIRPath knows parts of types under the name of what they are. */
function nameOf(type: string): string {
  return type.includes('.') ? 'BackboneElement' : type;
}

function isObject(value: unknown): value is Elements {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: unknown): value is readonly unknown[] | undefined {
  return value === undefined || Array.isArray(value);
}
