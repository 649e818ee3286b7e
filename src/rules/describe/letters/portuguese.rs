//! What the delivered Portuguese messages say, kind by kind. SMS are written without accents, as is usual in Brazil: most
//! accented letters would make a message cost twice as much.

use super::Core;
use crate::domain::rule::{Half, RuleKey};

pub(super) fn core(rule: RuleKey, half: Half) -> Core {
    match (rule, half) {
        (RuleKey::Warranty, _) => Core {
            subject: "A garantia de {your_car} termina",
            sms: "a garantia de {your_plate} termina em {day}.",
            email: "A garantia de {your_car} termina em {date}. Podemos revisar o veículo antes disso, para que nada fique de fora.",
            asks: true,
        },
        (RuleKey::CarSold, _) => Core {
            subject: "Está satisfeito com {your_car}?",
            sms: "em {day} voce comprou {your_plate} conosco. Esta tudo certo?",
            email: "Em {date} você comprou conosco {your_car}. Gostaríamos de saber se está tudo certo.",
            asks: false,
        },
        (RuleKey::InvoiceAbove, _) => Core {
            subject: "Está satisfeito com o nosso serviço?",
            sms: "em {day} trabalhamos em {your_plate}. Ficou satisfeito com o servico?",
            email: "Em {date} trabalhamos em {your_car}. Gostaríamos de saber se ficou satisfeito com o serviço.",
            asks: false,
        },
        (RuleKey::NotSeen, _) => Core {
            subject: "Hora de uma revisão?",
            sms: "{your_plate} esteve conosco em {day}. Hora de uma revisao?",
            email: "A última vez que {your_car} esteve em nossa oficina foi em {date}. Talvez seja hora de uma revisão.",
            asks: true,
        },
        (RuleKey::Registration, _) => Core {
            subject: "Você está com outro veículo?",
            sms: "segundo o registro, {your_plate} esta em outro nome. Podemos cuidar do seu novo veiculo?",
            email: "No registro (RDW), {your_car} está em outro nome desde {date}. Você está com outro veículo? Também podemos cuidar dele.",
            asks: false,
        },
        (RuleKey::TyreAdvice, _) => Core {
            subject: "Os pneus de {your_car}",
            sms: "na inspecao de {day}, {your_plate} recebeu um aviso sobre os pneus.",
            email: "Na inspeção de {date}, {your_car} recebeu um aviso: os pneus estão quase gastos. Podemos verificá-los para você.",
            asks: true,
        },
        (RuleKey::BrakeAdvice, _) => Core {
            subject: "Os freios de {your_car}",
            sms: "na inspecao de {day}, {your_plate} recebeu um aviso sobre os freios.",
            email: "Na inspeção de {date}, {your_car} recebeu um aviso sobre os freios. Podemos verificá-los para você.",
            asks: true,
        },
        (RuleKey::RepairAdvice, _) => Core {
            subject: "Reparo de {your_car}",
            sms: "recomendamos um reparo {detail} em {your_plate} para {day}.",
            email: "Recomendamos um reparo {detail} em {your_car} para {date}.",
            asks: true,
        },
        (RuleKey::Inspection, _) => Core {
            subject: "A inspeção de {your_car} vence",
            sms: "a inspecao de {your_plate} vence em {day}.",
            email: "A inspeção de {your_car} vence em {date}. {window}",
            asks: true,
        },
        (RuleKey::RoadsideCover, _) => Core {
            subject: "A assistência de {your_car} vence",
            sms: "a assistencia na estrada de {your_plate} vence em {day}. Podemos renovar.",
            email: "A assistência na estrada {detail} de {your_car} vence em {date}. Podemos renová-la para você.",
            asks: true,
        },
        (RuleKey::NextService, _) => Core {
            subject: "Revisão de {your_car}",
            sms: "a proxima revisao de {your_plate} e em {day}.",
            email: "A próxima revisão de {your_car} é em {date}.",
            asks: true,
        },
        (RuleKey::TimingBelt, _) => Core {
            subject: "A correia dentada de {your_car}",
            sms: "a correia dentada de {your_plate} deve ser trocada em {day}.",
            email: "A correia dentada de {your_car} deve ser trocada em {date}. A troca no prazo evita danos ao motor.",
            asks: true,
        },
        (RuleKey::ServiceInterval, _) => Core {
            subject: "Intervalo de revisão de {your_car}",
            sms: "o intervalo de revisao de {your_plate} termina em {day}.",
            email: "O intervalo de revisão de {your_car} termina em {date}.",
            asks: true,
        },
        (RuleKey::WorkshopQuote, Half::Before) => Core {
            subject: "Nosso orçamento {number} vence",
            sms: "nosso orcamento {number} {total} para {your_plate} vale ate {day}.",
            email: "Nosso orçamento {number} {total} para {your_car} vale até {date}. Podemos agendar o serviço?",
            asks: true,
        },
        (RuleKey::WorkshopQuote, _) => Core {
            subject: "Nosso orçamento {number}",
            sms: "em {day} enviamos o orcamento {number} {total} para {your_plate}.",
            email: "Em {date} enviamos o orçamento {number} {total} para {your_car}. Podemos explicá-lo com prazer.",
            asks: false,
        },
        (RuleKey::CarQuote, Half::Before) => Core {
            subject: "Nossa proposta {number} vence",
            sms: "nossa proposta de veiculo {number} {total} vale ate {day}.",
            email: "Nossa proposta de veículo {number} {total} vale até {date}. Podemos ajudar.",
            asks: false,
        },
        (RuleKey::CarQuote, _) => Core {
            subject: "Nossa proposta {number}",
            sms: "em {day} enviamos a proposta de veiculo {number} {total}.",
            email: "Em {date} enviamos a proposta de veículo {number} {total}. Podemos explicá-la com prazer.",
            asks: false,
        },
        (RuleKey::SalesAgreement, Half::Before) => Core {
            subject: "Seu contrato de compra {number}",
            sms: "seu contrato de compra {number} vale ate {day}.",
            email: "Seu contrato de compra {number} {total} vale até {date}. Vamos concluí-lo juntos?",
            asks: false,
        },
        (RuleKey::SalesAgreement, _) => Core {
            subject: "Seu contrato de compra {number}",
            sms: "em {day} fizemos seu contrato de compra {number}.",
            email: "Em {date} fizemos seu contrato de compra {number} {total}. Podemos revê-lo juntos.",
            asks: false,
        },
        (RuleKey::Recall, _) => Core {
            subject: "Recall de {your_car}",
            sms: "consta em {day} um recall aberto do fabricante para {your_plate}.",
            email: "Segundo o registro (RDW), em {date} constava um recall aberto do fabricante para {your_car}. O reparo é gratuito e trata da segurança do veículo.",
            asks: true,
        },
    }
}
