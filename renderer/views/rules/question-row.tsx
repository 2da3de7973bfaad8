/** One question: what is looked at, how it is compared, with what. */
import type { ReactNode } from 'react';
import type { Question, TextTest } from '../../../main/contract/mail/rules.ts';
import { useText } from '../../i18n/text.ts';
import { useSession } from '../../state/session.ts';
import { type Option, Select, TextField } from '../../ui/field.tsx';
import { accountName } from '../tree/names.ts';
import styles from './editor.module.css';
import { MOST_CHARS } from './rules-state.ts';

type Field = Question['field'];
const FIELDS: readonly Field[] = [
  'from',
  'to',
  'cc',
  'recipient',
  'subject',
  'body',
  'header',
  'has-file',
  'file-name',
  'file-type',
  'size',
  'age',
  'account',
  'tag',
  'known',
  'list',
  'me',
];
const PEOPLE: readonly Field[] = ['from', 'to', 'cc', 'recipient'];
const TEXT_TESTS: readonly TextTest[] = ['contains', 'is', 'domain', 'begins', 'ends', 'regex'];
const isTextTest = (test: string): test is TextTest => (TEXT_TESTS as readonly string[]).includes(test);

/** The same question about something else: what can stay of it stays. */
function about(field: Field, question: Question, account: number): Question {
  const value = 'value' in question && typeof question.value === 'string' ? question.value : '';
  const test = 'test' in question && isTextTest(question.test) ? question.test : 'contains';
  const not = 'test' in question && isTextTest(question.test) ? question.not : false;
  switch (field) {
    case 'header':
      return { field, name: 'X-Mailer', test: test === 'domain' ? 'contains' : test, value, not };
    case 'size':
      return { field, test: 'over', value: 1024 * 1024, not: false };
    case 'age':
      return { field, test: 'older', value: 30, not: false };
    case 'account':
      return { field, value: account, not: false };
    case 'tag':
      return { field, value, not: false };
    case 'has-file':
    case 'known':
    case 'list':
    case 'me':
      return { field, not: false };
    default:
      return { field, test: test === 'domain' && !PEOPLE.includes(field) ? 'contains' : test, value, not };
  }
}

export function QuestionRow({
  question,
  onChange,
}: {
  question: Question;
  onChange: (question: Question) => void;
}): ReactNode {
  const t = useText();
  const words = t.rules;
  const accounts = useSession((state) => state.accounts);
  const fields = FIELDS.map((id) => ({ id, label: words.fields[id] }));
  return (
    <div className={styles.question}>
      <Select
        hideLabel
        label={words.field}
        value={question.field}
        options={fields}
        onChange={(field) => onChange(about(field, question, accounts[0]?.id ?? 0))}
      />
      <Comparison question={question} onChange={onChange} />
    </div>
  );
}

function Comparison({
  question,
  onChange,
}: {
  question: Question;
  onChange: (question: Question) => void;
}): ReactNode {
  const t = useText();
  const words = t.rules;
  const accounts = useSession((state) => state.accounts);
  const yesNo: Option<'yes' | 'no'>[] = [
    { id: 'yes', label: words.tests.yes },
    { id: 'no', label: words.tests.no },
  ];
  const isNot: Option<'is' | 'not-is'>[] = [
    { id: 'is', label: words.tests.is },
    { id: 'not-is', label: words.tests['not-is'] },
  ];
  switch (question.field) {
    case 'has-file':
    case 'known':
    case 'list':
    case 'me':
      return (
        <Select
          hideLabel
          className={styles.test ?? ''}
          label={words.test}
          value={question.not ? 'no' : 'yes'}
          options={yesNo}
          onChange={(answer) => onChange({ ...question, not: answer === 'no' })}
        />
      );
    case 'size':
    case 'age': {
      const unit = question.field === 'size' ? 1024 : 1;
      const tests = question.field === 'size' ? (['over', 'under'] as const) : (['older', 'newer'] as const);
      const set = (test: string, value: number): void =>
        onChange(
          question.field === 'size'
            ? { ...question, test: test === 'under' ? 'under' : 'over', value }
            : { ...question, test: test === 'newer' ? 'newer' : 'older', value },
        );
      return (
        <>
          <Select
            hideLabel
            className={styles.test ?? ''}
            label={words.test}
            value={question.test}
            options={tests.map((id) => ({ id, label: words.tests[id] }))}
            onChange={(test) => set(test, question.value)}
          />
          <span className={styles.measure}>
            <TextField
              hideLabel
              label={words.value}
              type="number"
              value={String(Math.round(question.value / unit))}
              onChange={(typed) =>
                set(question.test, Math.min(Math.max(0, Number(typed) || 0), 36_500_000) * unit)
              }
            />
            {question.field === 'size' ? words.kilobytes : words.days}
          </span>
        </>
      );
    }
    case 'account':
      return (
        <>
          <Select
            hideLabel
            className={styles.test ?? ''}
            label={words.test}
            value={question.not ? 'not-is' : 'is'}
            options={isNot}
            onChange={(test) => onChange({ ...question, not: test === 'not-is' })}
          />
          <Select
            hideLabel
            label={words.value}
            value={String(question.value)}
            options={accounts.map((each) => ({ id: String(each.id), label: accountName(each, t) }))}
            onChange={(id) => onChange({ ...question, value: Number(id) })}
          />
        </>
      );
    case 'tag':
      return (
        <>
          <Select
            hideLabel
            className={styles.test ?? ''}
            label={words.test}
            value={question.not ? 'not-is' : 'is'}
            options={isNot}
            onChange={(test) => onChange({ ...question, not: test === 'not-is' })}
          />
          <TagField value={question.value} onChange={(value) => onChange({ ...question, value })} />
        </>
      );
    default:
      return <TextComparison question={question} onChange={onChange} />;
  }
}

function TextComparison({
  question,
  onChange,
}: {
  question: Extract<Question, { test: TextTest }>;
  onChange: (question: Question) => void;
}): ReactNode {
  const t = useText();
  const words = t.rules;
  const tests = TEXT_TESTS.filter((test) => test !== 'domain' || PEOPLE.includes(question.field));
  const options = [false, true].flatMap((not) =>
    tests.map((test) => {
      const id = not ? (`not-${test}` as const) : test;
      return { id, label: words.tests[id] };
    }),
  );
  return (
    <>
      {question.field === 'header' ? (
        <TextField
          hideLabel
          label={words.headerName}
          value={question.name}
          onChange={(name) =>
            onChange({ ...question, name: name.replace(/[^\x21-\x39\x3b-\x7e]/g, '').slice(0, 100) })
          }
        />
      ) : null}
      <Select
        hideLabel
        className={styles.test ?? ''}
        label={words.test}
        value={question.not ? (`not-${question.test}` as const) : question.test}
        options={options}
        onChange={(chosen) => {
          const not = chosen.startsWith('not-');
          const test = not ? chosen.slice('not-'.length) : chosen;
          if (isTextTest(test)) onChange({ ...question, test, not });
        }}
      />
      <TextField
        hideLabel
        label={words.value}
        value={question.value}
        problem={question.value.length > MOST_CHARS ? words.tooLong : undefined}
        onChange={(value) => onChange({ ...question, value })}
      />
    </>
  );
}

/** A tag that is there, or a new one's name where there is none. */
export function TagField({ value, onChange }: { value: string; onChange: (tag: string) => void }): ReactNode {
  const t = useText();
  const tags = useSession((state) => state.tags);
  if (tags.length === 0)
    return (
      <TextField
        hideLabel
        label={t.rules.noTags}
        placeholder={t.rules.noTags}
        value={value}
        onChange={onChange}
      />
    );
  const known = tags.some((tag) => tag.name === value) || value === '';
  const options = [...tags.map((tag) => tag.name), ...(known ? [] : [value])].map((name) => ({
    id: name,
    label: name,
  }));
  return <Select hideLabel label={t.rules.value} value={value} options={options} onChange={onChange} />;
}
