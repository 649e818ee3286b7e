//! Words of other systems for the columns that know only a few: kinds, results, states, languages.

use super::synonyms::key;

/// A word of another system in ours: for the columns that know only a few words.
pub(in crate::exchange) fn word(column: &str, text: &str) -> Option<&'static str> {
    let is = |words: &str| words.split_whitespace().any(|word| word == key(text));
    let known: &[(&str, &str)] = match column {
        "kind" => &[
            (
                "private",
                "particulier prive p privat privatkunde privatperson pessoafisica pf fisica person individual consumer",
            ),
            (
                "company",
                "zakelijk bedrijf z b gewerblich firma firmenkunde geschaeftskunde geschaftskunde pessoajuridica pj juridica empresa business",
            ),
            (
                "trader",
                "handelaar handel haendler handler wiederverkaeufer wiederverkaufer revenda lojista dealer trade",
            ),
            ("prospect", "prospect interessent lead interessado prospecto"),
            ("inspection", "apk apkkeuring keuring hu tuv tuev hauptuntersuchung inspecao vistoria mot"),
            ("service", "onderhoud beurt wartung inspektion revisao maintenance"),
            ("repair", "reparatie reparatur reparo conserto"),
            ("workshop", "werkplaats werkstatt oficina garage"),
            ("car", "auto voertuig verkoop fahrzeug carro veiculo venda vehicle sale"),
            ("agreement", "overeenkomst koopovereenkomst kaufvertrag vertrag contrato contract"),
            ("other", "overig anders sonstiges andere outro outros"),
        ],
        "result" => &[
            ("pass", "goedgekeurd goed akkoord bestanden ohnemaengel ohnemangel aprovado ok passed"),
            ("fail", "afgekeurd afkeur durchgefallen nichtbestanden reprovado failed"),
        ],
        "status" => &[
            ("open", "open openstaand lopend verzonden offen aberto pendente pending sent"),
            ("accepted", "geaccepteerd akkoord aanvaard angenommen beauftragt aceito aprovado won"),
            ("rejected", "afgewezen verlopen vervallen abgelehnt recusado rejeitado perdido lost declined"),
            ("planned", "gepland ingepland geplant agendado marcado scheduled booked confirmed"),
            ("done", "gereed klaar afgerond erledigt fertig concluido finalizado completed finished"),
            ("cancelled", "geannuleerd vervallen storniert abgesagt cancelado canceled"),
        ],
        "language" => &[
            ("nl", "nederlands dutch"),
            ("de", "duits deutsch german"),
            ("pt", "portugees portugues portuguese"),
            ("en", "engels englisch english ingles"),
        ],
        _ => &[],
    };
    known.iter().find(|(_, words)| is(words)).map(|(ours, _)| *ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_without_accents_and_capitals() {
        assert_eq!(word("kind", "Zakelijk"), Some("company"));
        assert_eq!(word("kind", "Händler"), Some("trader"));
        assert_eq!((word("status", "x"), word("notes", "open")), (None, None));
    }
}
