/* Which mail is tried with an action, and how; kept for the tab, so that one mail is tried with several actions. */

import { useState } from "react";
import { useSearchParams } from "react-router";
import { base64, useTrial, type Chosen, type Edited } from "./trial";

let last: Chosen | null = null;

export function useTrying(action: Edited) {
    const [search] = useSearchParams();
    const given = search.get("mail");
    const [chosen, setChosen] = useState<Chosen | null>(given ? { kind: "stored", id: given } : last);
    const [alone, setAlone] = useState(false);
    const [today, setToday] = useState(false);
    const trial = useTrial(chosen, action, { alone, today });
    const choose = (next: Chosen | null) => { last = next; setChosen(next); };
    const take = async (file: File) => choose({ kind: "file", name: file.name, base64: await base64(file) });
    return { chosen, choose, take, alone, setAlone, today, setToday, trial };
}

export type Trying = ReturnType<typeof useTrying>;
