//! Why a cell, a row or a file from outside is not taken in: what is wrong and what to do, in the four
//! languages (APP-05). Commands and files of rejects say it in English, the screen in the desk's language.

use std::fmt;

use serde::{Serialize, Serializer};

use super::language::Language;

/// A sentence in Dutch, German, Portuguese and English; `{0}` and `{1}` stand for what it is about.
pub type Sentence = [&'static str; 4];

/// A sentence with what it is about, and what lies behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    sentence: &'static Sentence,
    about: Vec<String>,
    cause: Option<Box<Reason>>,
}

impl Reason {
    /// A reason that is always the same.
    pub fn plain(sentence: &'static Sentence) -> Self {
        Self { sentence, about: Vec::new(), cause: None }
    }

    /// A reason about one thing.
    pub fn of(sentence: &'static Sentence, thing: impl fmt::Display) -> Self {
        Self { sentence, about: vec![thing.to_string()], cause: None }
    }

    /// A reason about several things, in the order of their numbers in the sentence.
    pub fn about(sentence: &'static Sentence, about: Vec<String>) -> Self {
        Self { sentence, about, cause: None }
    }

    /// With the reason that lies behind it.
    #[must_use]
    pub fn because(mut self, cause: Reason) -> Self {
        self.cause = Some(Box::new(cause));
        self
    }

    /// In a language.
    pub fn say(&self, language: Language) -> String {
        let [nl, de, pt, en] = *self.sentence;
        let sentence = match language {
            Language::Nl => nl,
            Language::De => de,
            Language::Pt => pt,
            Language::En => en,
        };
        let mut parts = sentence.split('{');
        let mut text = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (place, behind) = part.split_once('}').unwrap_or_default();
            let thing = place.parse().ok().and_then(|place: usize| self.about.get(place));
            text.push_str(thing.map_or("", String::as_str));
            text.push_str(behind);
        }
        match &self.cause {
            Some(cause) => format!("{text}: {}", cause.say(language)),
            None => text,
        }
    }
}

/// In English, as commands speak.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say(Language::En))
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

macro_rules! sentences {
    ($($(#[$doc:meta])* $name:ident = $nl:literal, $de:literal, $pt:literal, $en:literal;)+) => {
        $($(#[$doc])* pub const $name: Sentence = [$nl, $de, $pt, $en];)+
        #[cfg(test)]
        const ALL: &[Sentence] = &[$($name),+];
    };
}

sentences! {
    /// {0}: the cell.
    NEGATIVE = "'{0}' is minder dan 0", "'{0}' ist weniger als 0", "'{0}' é menor que 0", "'{0}' is below 0";
    /// {0}: the cell.
    NEITHER = "'{0}' is geen ja en geen nee", "'{0}' ist weder ja noch nein", "'{0}' não é sim nem não",
        "'{0}' is neither yes nor no";
    /// A cell of the key.
    NO_KEY = "is leeg; zonder dit is de rij niet van andere te onderscheiden",
        "ist leer; ohne dies ist die Zeile nicht von anderen zu unterscheiden",
        "está vazio; sem isso a linha não se distingue das outras",
        "is empty; without it the row cannot be told from others";
    /// A cell that a new row needs.
    NEEDED = "is leeg, en een nieuwe rij heeft dit nodig", "ist leer, und eine neue Zeile braucht es",
        "está vazio, e uma linha nova precisa disso", "is empty, and a new row needs it";
    /// A zero byte.
    NO_TEXT = "heeft een teken dat geen tekst is (code 0); haal het weg",
        "hat ein Zeichen, das kein Text ist (Code 0); entfernen Sie es",
        "tem um sinal que não é texto (código 0); retire-o",
        "has a sign that is no text (code 0); take it out";
    /// {0}: how many, {1}: how many may be.
    LONG_CODE = "heeft {0} tekens; een code of nummer heeft er hoogstens {1}",
        "hat {0} Zeichen; ein Code oder eine Nummer hat höchstens {1}",
        "tem {0} sinais; um código ou número tem no máximo {1}",
        "has {0} signs; a code or number has at most {1}";
    /// A control character in a code.
    ODD_CODE = "heeft een regeleinde of een ander teken dat niet in een code of nummer hoort",
        "hat ein Zeilenende oder ein anderes Zeichen, das nicht in einen Code oder eine Nummer gehört",
        "tem uma quebra de linha ou outro sinal que não cabe em um código ou número",
        "has a line end or another sign that does not belong in a code or number";
    /// What is no amount is not repeated.
    NO_AMOUNT = "dit is geen bedrag; schrijf 1234.56 of 1.234,56", "dies ist kein Betrag; schreiben Sie 1234.56 oder 1.234,56",
        "isto não é um valor; escreva 1234.56 ou 1.234,56", "this is not an amount; write 1234.56 or 1.234,56";
    /// {0}: the cell.
    NOT_AMOUNT = "'{0}' is geen bedrag; schrijf 1234.56 of 1.234,56",
        "'{0}' ist kein Betrag; schreiben Sie 1234.56 oder 1.234,56",
        "'{0}' não é um valor; escreva 1234.56 ou 1.234,56", "'{0}' is not an amount; write 1234.56 or 1.234,56";
    /// {0}: the cell, {1}: how many may be.
    DECIMALS = "'{0}' heeft meer dan {1} cijfers achter de komma", "'{0}' hat mehr als {1} Nachkommastellen",
        "'{0}' tem mais de {1} casas decimais", "'{0}' has more than {1} decimals";
    /// {0}: the cell.
    HUGE_AMOUNT = "'{0}' is meer dan elk bedrag dat Balie kan bewaren",
        "'{0}' ist größer als jeder Betrag, den Balie speichern kann",
        "'{0}' é maior do que qualquer valor que o Balie consegue guardar",
        "'{0}' is larger than any amount Balie can hold";
    /// What is no number is not repeated.
    NO_KILOMETRES = "dit is geen heel aantal kilometers", "dies ist keine ganze Zahl von Kilometern",
        "isto não é um número inteiro de quilômetros", "this is not a whole number of kilometres";
    /// {0}: the cell.
    NOT_KILOMETRES = "'{0}' is geen heel aantal kilometers", "'{0}' ist keine ganze Zahl von Kilometern",
        "'{0}' não é um número inteiro de quilômetros", "'{0}' is not a whole number of kilometres";
    /// {0}: the cell, {1}: the most that is believed.
    TOO_FAR = "'{0}' is meer dan een auto ooit heeft gereden ({1} km)",
        "'{0}' ist mehr, als je ein Auto gefahren ist ({1} km)",
        "'{0}' é mais do que qualquer carro já rodou ({1} km)", "'{0}' is more than any car has driven ({1} km)";
    /// {0}: the cell.
    NO_ADVICE = "'{0}' is geen adviescode; schrijf codes zoals AC1 AC5",
        "'{0}' ist kein Hinweiscode; schreiben Sie Codes wie AC1 AC5",
        "'{0}' não é um código de aviso; escreva códigos como AC1 AC5",
        "'{0}' is not an advice code; write codes such as AC1 AC5";
    /// {0}: the cell, {1}: the words that are known.
    NO_WORD = "'{0}' is hier niet bekend; schrijf een van: {1}", "'{0}' ist hier nicht bekannt; schreiben Sie eines von: {1}",
        "'{0}' não é conhecido aqui; escreva um destes: {1}", "'{0}' is not known here; write one of: {1}";
    /// A plate.
    NO_PLATE = "het kenteken is leeg", "das Kennzeichen ist leer", "a placa está vazia", "the plate is empty";
    /// {0}: the sign.
    PLATE_SIGN = "'{0}' staat niet op een kenteken; schrijf letters, cijfers en streepjes",
        "'{0}' steht auf keinem Kennzeichen; schreiben Sie Buchstaben, Ziffern und Striche",
        "'{0}' não aparece em uma placa; escreva letras, números e traços",
        "'{0}' does not stand on a plate; write letters, digits and dashes";
    /// {0}: how many.
    LONG_PLATE = "een kenteken heeft hoogstens 12 letters en cijfers, dit heeft er {0}",
        "ein Kennzeichen hat höchstens 12 Buchstaben und Ziffern, dieses hat {0}",
        "uma placa tem no máximo 12 letras e números, esta tem {0}",
        "a plate has at most 12 letters and digits, this one has {0}";
    /// {0}: the cell.
    MONTH_FIRST = "'{0}': in deze kolom staat de maand voor de dag, en dat wordt niet gelezen; voer uit als JJJJ-MM-DD",
        "'{0}': in dieser Spalte steht der Monat vor dem Tag, das wird nicht gelesen; exportieren Sie als JJJJ-MM-TT",
        "'{0}': nesta coluna o mês vem antes do dia, e isso não é lido; exporte como AAAA-MM-DD",
        "'{0}': this column has the month before the day, which is not read; export it as YYYY-MM-DD";
    /// {0}: the cell.
    NOT_YEAR_FIRST = "'{0}' is anders geschreven dan de rest van deze kolom, die JJJJ-MM-DD is",
        "'{0}' ist anders geschrieben als der Rest dieser Spalte, der JJJJ-MM-TT ist",
        "'{0}' está escrito diferente do resto desta coluna, que é AAAA-MM-DD",
        "'{0}' is written otherwise than the rest of this column, which is YYYY-MM-DD";
    /// {0}: the cell.
    NOT_DAY_FIRST = "'{0}' is anders geschreven dan de rest van deze kolom, die DD-MM-JJJJ is",
        "'{0}' ist anders geschrieben als der Rest dieser Spalte, der TT-MM-JJJJ ist",
        "'{0}' está escrito diferente do resto desta coluna, que é DD-MM-AAAA",
        "'{0}' is written otherwise than the rest of this column, which is DD-MM-YYYY";
    /// {0}: the cell, {1}: the year.
    YEAR = "'{0}': het jaar {1} wordt niet geloofd; het moet 1900 tot 2100 zijn",
        "'{0}': das Jahr {1} wird nicht geglaubt; es muss 1900 bis 2100 sein",
        "'{0}': o ano {1} não parece certo; deve ser de 1900 a 2100",
        "'{0}': the year {1} is not believed; it must be 1900 to 2100";
    /// {0}: the cell, {1}: the month.
    MONTH = "'{0}': er is geen maand {1}", "'{0}': es gibt keinen Monat {1}", "'{0}': não existe o mês {1}",
        "'{0}': there is no month {1}";
    /// {0}: the cell, {1}: the day.
    DAY = "'{0}': die maand heeft geen dag {1}", "'{0}': in diesem Monat gibt es keinen Tag {1}",
        "'{0}': esse mês não tem o dia {1}", "'{0}': there is no day {1} in that month";
    /// {0}: the cell.
    SPREADSHEET_DAY = "'{0}' is het dagnummer van een rekenblad; maak de kolom op als JJJJ-MM-DD",
        "'{0}' ist die Tagesnummer einer Tabelle; formatieren Sie die Spalte als JJJJ-MM-TT",
        "'{0}' é o número do dia de uma planilha; formate a coluna como AAAA-MM-DD",
        "'{0}' is a spreadsheet's number of a day; format the column as YYYY-MM-DD";
    /// {0}: the cell.
    SHORT_YEAR = "'{0}': schrijf het jaar met vier cijfers", "'{0}': schreiben Sie das Jahr mit vier Ziffern",
        "'{0}': escreva o ano com quatro algarismos", "'{0}': write the year with four digits";
    /// {0}: the cell.
    NOT_DATE = "'{0}' is geen datum; schrijf JJJJ-MM-DD of DD-MM-JJJJ",
        "'{0}' ist kein Datum; schreiben Sie JJJJ-MM-TT oder TT-MM-JJJJ",
        "'{0}' não é uma data; escreva AAAA-MM-DD ou DD-MM-AAAA", "'{0}' is not a date; write YYYY-MM-DD or DD-MM-YYYY";
    /// What is no date is not repeated.
    NO_DATE = "dit is geen datum; schrijf JJJJ-MM-DD of DD-MM-JJJJ",
        "dies ist kein Datum; schreiben Sie JJJJ-MM-TT oder TT-MM-JJJJ",
        "isto não é uma data; escreva AAAA-MM-DD ou DD-MM-AAAA", "this is not a date; write YYYY-MM-DD or DD-MM-YYYY";
    /// A time with a zone.
    TIME_ZONE = "de tijd heeft een tijdzone; schrijf de tijd van de werkplaats zonder",
        "die Zeit hat eine Zeitzone; schreiben Sie die Zeit der Werkstatt ohne",
        "a hora tem fuso horário; escreva a hora da oficina sem fuso",
        "the time has a time zone; write the shop's own time without one";
    /// A time.
    NO_TIME = "de tijd achter de datum is geen UU:MM of UU:MM:SS", "die Zeit hinter dem Datum ist nicht HH:MM oder HH:MM:SS",
        "a hora depois da data não é HH:MM nem HH:MM:SS", "the time behind the date is not HH:MM or HH:MM:SS";
    /// A cell in another encoding.
    NOT_UTF8 = "heeft tekens die geen UTF-8 zijn, terwijl de rest van het bestand dat is; schrijf het opnieuw",
        "hat Zeichen, die kein UTF-8 sind, der Rest der Datei aber schon; schreiben Sie es neu",
        "tem sinais que não são UTF-8, embora o resto do arquivo seja; escreva de novo",
        "has signs that are not UTF-8, while the rest of the file is; write it again";
    /// {0}: the later column's date, {1}: the earlier column with its date.
    BEFORE = "{0} is eerder dan {1}", "{0} liegt vor {1}", "{0} é antes de {1}", "{0} is before {1}";
    /// {0}: how many cells, {1}: how many names.
    CELLS = "heeft {0} cellen, de eerste regel {1}; zoek een scheidingsteken dat ontbreekt of te veel is",
        "hat {0} Zellen, die erste Zeile {1}; suchen Sie ein Trennzeichen, das fehlt oder zu viel ist",
        "tem {0} células, a primeira linha tem {1}; procure um separador que falta ou sobra",
        "it has {0} cells, the first line has {1}; look for a separator that is missing or too many";
    /// {0}: the cell's number.
    UNCLOSED = "een aanhalingsteken opent cel {0} en wordt nooit gesloten; verdubbel het of haal het weg",
        "ein Anführungszeichen öffnet Zelle {0} und wird nie geschlossen; verdoppeln oder entfernen Sie es",
        "aspas abrem a célula {0} e nunca fecham; dobre-as ou retire-as",
        "a quotation mark opens cell {0} and is never closed; double it or take it out";
    /// {0}: the cell's number.
    BEHIND = "er staat iets achter het sluitende aanhalingsteken van cel {0}; verdubbel de tekens in een cel",
        "hinter dem schließenden Anführungszeichen von Zelle {0} steht etwas; verdoppeln Sie die Zeichen in einer Zelle",
        "há algo depois das aspas que fecham a célula {0}; dobre as aspas dentro de uma célula",
        "something stands behind the closing quotation mark of cell {0}; double the marks inside a cell";
    /// A row.
    LONG_LINE = "de regel is langer dan 256 kB", "die Zeile ist länger als 256 kB", "a linha tem mais de 256 kB",
        "the line is longer than 256 kB";
    /// {0}: the plate.
    NO_VEHICLE = "er is geen voertuig met kenteken {0}; lees eerst vehicles.csv in, of verbeter het hier",
        "es gibt kein Fahrzeug mit Kennzeichen {0}; lesen Sie zuerst vehicles.csv ein oder berichtigen Sie es hier",
        "não há veículo com a placa {0}; importe primeiro vehicles.csv ou corrija aqui",
        "there is no vehicle with plate {0}; import it with vehicles.csv first, or correct it here";
    /// {0}: the code.
    NO_CUSTOMER = "er is geen klant met nummer {0}; lees eerst customers.csv in, of verbeter het hier",
        "es gibt keinen Kunden mit Nummer {0}; lesen Sie zuerst customers.csv ein oder berichtigen Sie es hier",
        "não há cliente com o código {0}; importe primeiro customers.csv ou corrija aqui",
        "there is no customer with code {0}; import it with customers.csv first, or correct it here";
    /// A row that would bring an erased person back (APP-11).
    ERASED = "is van iemand van wie de gegevens op eigen wens zijn gewist; verwijder de rij in het andere systeem, of \
              voer de klant aan de balie in als dit iemand anders is",
        "gehört zu einer Person, deren Daten auf eigenen Wunsch gelöscht wurden; löschen Sie die Zeile im anderen \
         System oder legen Sie den Kunden an der Theke an, wenn dies jemand anderes ist",
        "é de uma pessoa cujos dados foram apagados a pedido dela; apague a linha no outro sistema ou cadastre o \
         cliente no balcão se for outra pessoa",
        "belongs to a person whose data was erased at their wish; delete the row in the other system, or enter the \
         customer at the desk if this is somebody else";
    /// {0}: the line.
    TWICE = "regel {0} heeft dezelfde sleutel en zegt iets anders; laat een van beide staan",
        "Zeile {0} hat denselben Schlüssel und sagt etwas anderes; lassen Sie eine von beiden stehen",
        "a linha {0} tem a mesma chave e diz outra coisa; deixe só uma das duas",
        "line {0} has the same key and says otherwise; leave one of the two";
    /// {0}: kilometres and day, {1}: those of the other reading.
    BELOW = "{0} is minder dan {1}, die ervoor is afgelezen; verbeter de stand of de datum",
        "{0} ist weniger als {1}, davor abgelesen; berichtigen Sie den Stand oder das Datum",
        "{0} é menos que {1}, lido antes; corrija a leitura ou a data",
        "{0} is below {1}, which was read before it; correct the reading or its date";
    /// {0}: kilometres and day, {1}: those of the other reading.
    ABOVE = "{0} is meer dan {1}, die erna is afgelezen; verbeter de stand of de datum",
        "{0} ist mehr als {1}, danach abgelesen; berichtigen Sie den Stand oder das Datum",
        "{0} é mais que {1}, lido depois; corrija a leitura ou a data",
        "{0} is above {1}, which was read after it; correct the reading or its date";
    /// {0}: kilometres and day, {1}: those of the other reading, {2}: the most in a year.
    TOO_FAST = "tussen {0} en {1} ligt meer dan {2} km per jaar; verbeter de stand of de datum",
        "zwischen {0} und {1} liegen mehr als {2} km im Jahr; berichtigen Sie den Stand oder das Datum",
        "entre {0} e {1} há mais de {2} km por ano; corrija a leitura ou a data",
        "between {0} and {1} lie more than {2} km a year; correct the reading or its date";
    /// {0}: the system's words.
    UNREADABLE = "het bestand is niet te lezen: {0}", "die Datei kann nicht gelesen werden: {0}",
        "o arquivo não pode ser lido: {0}", "it cannot be read: {0}";
    /// A file.
    EMPTY = "het bestand is leeg", "die Datei ist leer", "o arquivo está vazio", "it is empty";
    /// A file.
    SPREADSHEET = "het is een rekenblad en geen CSV; bewaar het als CSV (UTF-8) en lees dat in",
        "sie ist eine Tabelle und kein CSV; speichern Sie sie als CSV (UTF-8) und lesen Sie das ein",
        "é uma planilha e não CSV; salve como CSV (UTF-8) e importe isso",
        "it is a spreadsheet, not CSV; save it as CSV (UTF-8) and import that";
    /// A file.
    NOT_A_TEXT = "het is geen tekst in UTF-8 of Windows-1252; bewaar het als CSV (UTF-8) en lees dat in",
        "sie ist kein Text in UTF-8 oder Windows-1252; speichern Sie sie als CSV (UTF-8) und lesen Sie das ein",
        "não é texto em UTF-8 nem Windows-1252; salve como CSV (UTF-8) e importe isso",
        "it is not text in UTF-8 or Windows-1252; save it as CSV (UTF-8) and import that";
    /// The first line is no CSV.
    FIRST_LINE = "de eerste regel, met de namen van de kolommen", "die erste Zeile mit den Namen der Spalten",
        "a primeira linha, com os nomes das colunas", "its first line, with the names of the columns";
    /// {0}: the column.
    COLUMN_TWICE = "de kolom '{0}' staat twee keer in de eerste regel; laat er een staan",
        "die Spalte '{0}' steht zweimal in der ersten Zeile; lassen Sie eine stehen",
        "a coluna '{0}' está duas vezes na primeira linha; deixe só uma",
        "the column '{0}' stands twice in its first line; leave one";
    /// {0}: the columns that are missing, {1}: all.
    NO_COLUMN = "in de eerste regel ontbreekt {0}; daar moeten de namen van de kolommen staan: {1}",
        "in der ersten Zeile fehlt {0}; dort müssen die Namen der Spalten stehen: {1}",
        "na primeira linha falta {0}; ela deve ter os nomes das colunas: {1}",
        "its first line has no column {0}; the first line must name the columns: {1}";
    /// {0}: the column.
    PROFILE = "de vaste waarde van het profiel voor {0}", "der feste Wert des Profils für {0}",
        "o valor fixo do perfil para {0}", "the profile's {0}";
    /// {0}: how many.
    STRICT = "{0} rijen zijn fout, en zo laat --strict er geen een door",
        "{0} Zeilen sind falsch, und --strict lässt keine durch",
        "{0} linhas estão erradas, e --strict não deixa passar nenhuma",
        "{0} rows are wrong, and --strict lets none in";
    /// {0}: the system's words.
    UNWRITABLE = "de afgewezen rijen zijn niet op te slaan: {0}", "die abgelehnten Zeilen können nicht gespeichert werden: {0}",
        "as linhas recusadas não puderam ser gravadas: {0}", "the rejected rows cannot be written: {0}";
    /// A file that is still being written.
    UNSETTLED = "het is veranderd terwijl het werd gelezen; lees het opnieuw in",
        "sie wurde geändert, während sie gelesen wurde; lesen Sie sie noch einmal ein",
        "foi alterado durante a leitura; importe de novo", "it was changed while it was read; import it again";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reason_is_about_stands_in_every_language() {
        for sentence in ALL {
            let places = |text: &str| {
                let marks = ["{0}", "{1}", "{2}"];
                marks.map(|mark| text.matches(mark).count())
            };
            let [first, others @ ..] = sentence;
            for other in others {
                assert_eq!(places(first), places(other), "{other}");
            }
            assert!(places(first).iter().all(|count| *count <= 1), "{first}");
            let mut all = sentence.to_vec();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), 4, "{first}");
        }
    }

    #[test]
    fn a_cell_that_looks_like_a_place_is_only_a_cell() {
        let reason = Reason::about(&YEAR, vec!["{1}".into(), "1066".into()]);
        assert_eq!(
            reason.say(Language::Nl),
            "'{1}': het jaar 1066 wordt niet geloofd; het moet 1900 tot 2100 zijn"
        );
        let nested = Reason::plain(&FIRST_LINE).because(Reason::of(&UNCLOSED, 3));
        assert!(
            nested
                .say(Language::De)
                .starts_with("die erste Zeile mit den Namen der Spalten: ein Anführungszeichen")
        );
        assert_eq!(serde_json::to_value(Reason::plain(&EMPTY)).unwrap(), "it is empty");
    }
}
