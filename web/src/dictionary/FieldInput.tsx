/* The input for one field of the dictionary, by its kind. */

import { Anchor, Checkbox, Input, PasswordInput, Select, TagsInput, TextInput, Textarea } from "@mantine/core";
import { Link } from "react-router";
import type { FieldBody, FieldValue, FieldValues } from "../api/client";
import { useWords, type Words } from "../i18n";
import { usePerson } from "../session/session";
import { ScriptEditor } from "../scripts/ScriptEditor";
import { isScript } from "../scripts/place";
import { recordPath } from "../shell/jump";
import { Icon } from "../ui/icons";
import { ReferencePicker, ReferencesPicker } from "./ReferencePicker";
import { fromLocal, textOf, toLocal, valueOf } from "./values";

export interface FieldInputProps {
    field: FieldBody;
    value: FieldValue | undefined;
    onChange: (value: FieldValue) => void;
    error?: string | null;
    /** Of a secret: whether it holds a value already. */
    isSet?: boolean;
    description?: string | null;
    placeholder?: string;
    readOnly?: boolean;
    /** What the reader knows the referenced record by. */
    shown?: string;
    rows?: number;
    /** The other values of the form: a script is written in a vocabulary, about a table. */
    beside?: FieldValues;
}

export function FieldInput(props: FieldInputProps) {
    const { field, value, onChange, error, description } = props;
    const { t, label } = useWords();
    const readOnly = props.readOnly ?? field.read_only;
    const common = { label: label(field.label, field.name), error, description, required: field.mandatory && !readOnly, readOnly, name: field.name };
    const text = textOf(value);
    switch (field.kind) {
        case "boolean":
            return <div className="check"><Checkbox label={common.label} description={description} error={error} name={field.name} checked={value === true} disabled={readOnly} onChange={event => onChange(event.currentTarget.checked)} /></div>;
        case "choice":
            return field.choices.length > 0
                ? <Select {...common} data={choicesOf(field, text, label)} value={text || null} onChange={next => onChange(next)} clearable={!field.mandatory && !readOnly} searchable={field.choices.length > 10} clearButtonProps={{ "aria-label": t("clear") }} />
                : <TextInput {...common} value={text} onChange={event => onChange(valueOf("string", event.currentTarget.value))} />;
        case "reference":
            return <Reference {...props} readOnly={readOnly} />;
        case "reference_list":
            return <ReferencesPicker {...common} table={field.table ?? "user"} value={Array.isArray(value) ? value : []} onChange={onChange} />;
        case "text_list":
            return <TagsInput {...common} value={Array.isArray(value) ? value : []} onChange={onChange} splitChars={[",", ";", "\n"]} acceptValueOnBlur clearable={!readOnly} clearButtonProps={{ "aria-label": t("clear") }} />;
        case "datetime":
            return <TextInput {...common} type="datetime-local" value={text ? toLocal(text) : ""} onChange={event => onChange(fromLocal(event.currentTarget.value) || null)} />;
        case "date":
            return <TextInput {...common} type="date" value={text} onChange={event => onChange(event.currentTarget.value || null)} />;
        case "text": case "html": case "json":
            if (isScript(field)) {
                return <ScriptEditor label={common.label} value={text} onChange={next => onChange(valueOf("text", next))} vocabulary={textOf(props.beside?.vocabulary)} table={textOf(props.beside?.table) || null} error={error} readOnly={readOnly} required={common.required} rows={props.rows ?? (field.name === "script" ? 12 : 4)} />;
            }
            return <Textarea {...common} value={text} onChange={event => onChange(valueOf(field.kind, event.currentTarget.value))} autosize minRows={props.rows ?? 3} maxRows={24} maxLength={field.max_length || undefined}
                spellCheck={field.kind === "text"} styles={field.kind === "text" ? undefined : { input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 13 } }} />;
        default:
            if (field.secret) { return <Secret {...props} />; }
            return <TextInput {...common} value={text} placeholder={props.placeholder ?? (field.kind === "duration" ? t("duration_hint") : undefined)} onChange={event => onChange(valueOf(field.kind, event.currentTarget.value))} maxLength={field.kind === "string" ? field.max_length || undefined : undefined}
                type={field.kind === "email" ? "email" : field.kind === "url" ? "url" : "text"} inputMode={field.kind === "integer" ? "numeric" : field.kind === "decimal" ? "decimal" : undefined} autoComplete="off" spellCheck={field.name === "subject" || field.name === "description"} />;
    }
}

/** The choices of a field; a value that is none of them any more stays visible. */
export function choicesOf(field: FieldBody, current: string, label: Words["label"]) {
    const options = field.choices.map(choice => ({ value: choice.value, label: label(choice.label, choice.value) }));
    return current && !options.some(option => option.value === current) ? [...options, { value: current, label: current }] : options;
}

function Reference({ field, value, onChange, error, readOnly, description, shown }: FieldInputProps) {
    const { t, label } = useWords();
    const { agent } = usePerson();
    const table = field.table ?? "user";
    const id = textOf(value);
    const name = label(field.label, field.name);
    const heading = id
        ? <>{name} <Anchor component={Link} to={recordPath(table, id)} aria-label={t("open_field", { field: name })} onClick={event => event.stopPropagation()}><Icon name="link" size={13} /></Anchor></>
        : name;
    if (readOnly && !agent) { return <Input.Wrapper label={name} description={description}><div>{shown ?? "—"}</div></Input.Wrapper>; }
    if (readOnly) { return <Input.Wrapper label={heading} description={description}><div>{id ? <Anchor component={Link} to={recordPath(table, id)} size="sm">{shown ?? id}</Anchor> : "—"}</div></Input.Wrapper>; }
    return (
        <div className="reference">
            <ReferencePicker table={table} label={name} value={id} onChange={next => onChange(next || null)} error={error} required={field.mandatory} initial={shown} />
            {id && <Anchor component={Link} to={recordPath(table, id)} size="xs" className="follow" aria-label={t("open_field", { field: name })}><Icon name="link" size={13} /></Anchor>}
        </div>
    );
}

function Secret({ field, value, onChange, error, isSet, description }: FieldInputProps) {
    const { t, label } = useWords();
    return (
        <PasswordInput label={label(field.label, field.name)} name={field.name} description={description} error={error} required={field.mandatory && !isSet} value={textOf(value)} autoComplete="new-password"
            placeholder={isSet ? t("secret_set") : ""} onChange={event => onChange(event.currentTarget.value || null)} visibilityToggleButtonProps={{ "aria-label": t("show_secret") }} />
    );
}
