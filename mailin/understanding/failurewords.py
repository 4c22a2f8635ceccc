"""How mail servers say that a message did not arrive, in the languages in which they say it.

Words prove nothing by themselves: `bounces` asks for a machine's sender or the shape of a report beside them.
"""

from __future__ import annotations

import re

FAILURE_SUBJECT = re.compile(
    r"undeliver(?:ed|able)|onbestelbaar|niet[- ](?:bezorgd|te bezorgen)|unzustellbar|returned mail|mail delivery fail|"
    r"delivery (?:status|failure|notification|report|has failed|delayed|problem)|failure notice|"
    r"mail (?:could not be|not) delivered|could not be delivered|"
    r"non[- ]?delivery|message (?:undeliverable|status|delayed|not delivered)|warning: (?:could not send|message)|"
    r"(?:mail|message) (?:delivery )?(?:delayed|failed|failure|error|problem)|nondeliverable|"
    r"delivery failed|error during delivery|failed mail|bezorg(?:ing|statusmelding|fout)|"
    r"kan (?:het )?bericht niet|niet afgeleverd|"
    r"mislukte bezorging|vertraagde bezorging|mail error|user unknown|bounced? mail|zustellung|"
    r"unable to deliver|nondelivery|returned to sender|your (?:mail|message) (?:to|could)|"
    r"non remis|non distribu|échec de (?:la )?remise|remise retardée|avis de non|"
    r"no se puede entregar|no entregado|error de entrega|notificación de estado de entrega|"
    r"impossibile recapitare|mancat[ao] (?:consegna|recapito)|mancato recapito|"
    r"não é possível entregar|não entregue|falha na entrega|niedostarczon|niedoręczon|zwrot wiadomości|"
    r"kan ikke leveres|ikke leveret|olevererbar|kunde inte levereras|ei voitu toimittaa|toimitusvirhe|"
    r"teslim edilemedi|iletilemedi|nedoručiteln|kézbesíthetetlen|"
    r"недоставлен|не доставлено|不达|退信|無法傳遞|无法送达|投递失败|传输失败|系统退信|配信不能|配送エラー|"
    r"メールエラー|送信エラー|宛先不明|반송",
    re.I,
)
FAILURE_TEXT = re.compile(
    r"(?:could|can|may|was|were|has|have)(?: ?not|n't| been)?(?: yet)? (?:be |been )?(?:delivered|sent|reached)|"
    r"not be delivered|did not reach|"
    r"(?:unable|wasn't able|failed) to deliver|"
    r"delivery (?:of|to|attempt|notification|has|have|failed|temporarily|status|problems|errors)|"
    r"undeliver|returned to (?:the )?sender|no such user|user unknown|unknown user|mailbox (?:is )?full|"
    r"not a valid (?:user|mailbox|address|recipient)|(?:user|recipient|address|mailbox) (?:does not exist|not found)|"
    r"not deliver|permanent (?:fatal )?error|non-delivery|"
    r"niet (?:worden |kunnen )?(?:worden )?(?:bezorgd|afgeleverd|besteld)|bezorging (?:is )?(?:mislukt|vertraagd)|"
    r"(?:bezorgen|bezorging) (?:van|bij|aan) .{3,120} (?:is )?mislukt|"
    r"konnte nicht (?:zugestellt|übermittelt)|unzustellbar|fehler bei der (?:nachrichten)?zustellung|"
    r"n'a pas pu|non remis|échec de la remise|error de entrega|recapito non (?:è )?riuscito|falha na entrega|"
    r"no se (?:pudo|puede|ha podido|ha) entrega|non è stato possibile (?:recapitare|consegnare)|"
    r"não (?:pôde|foi|pode) (?:ser )?entregue|nie (?:mogła|mógł|może|została?) (?:zostać )?(?:dostarczon|doręczon)|"
    r"kunne ikke leveres|kunde inte levereras|teslim edilemedi|iletilemedi|"
    r"не может быть (?:доставлен|отправлен)|не (?:удалось доставить|доставлено|было доставлено)|"
    r"送信できませんでした|送信に失敗|配信できません|配送できません|届けできません|宛先不明|无法(?:投递|送达|发送)|未能送达|退信|"
    r"전달할 수 없|전송하지 못",
    re.I,
)
