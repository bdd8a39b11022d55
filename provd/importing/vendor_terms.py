"""Vendor parameters that an import does not carry over, by family: they spoke of the old server, of accounts, keys and
passwords that are set anew, or of how the phone finds its files.  (pure)

Names from the vendors' parameter references, as the readers of provd/simulate/reading/ cite them; the old names of
earlier firmware are among them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Terms:
    """`old`: parameters of the old server; `keys`: those of line keys and what they point into; `account`: how the
    number of an account stands in a name (group 1). All are matched whole, without regard to capitals."""

    old: re.Pattern[str]
    keys: re.Pattern[str]
    account: re.Pattern[str] | None


def _terms(old: str, keys: str, account: str | None) -> Terms:
    flags = re.IGNORECASE | re.VERBOSE | re.DOTALL
    return Terms(re.compile(old, flags), re.compile(keys, flags), re.compile(account, flags) if account else None)


_YEALINK = _terms(
    r"""(?:static\.)?(?:
        account\.\d+\.(?:enable|label|display_name|auth_name|user_name|password|transport|expires|shared_line
            |sip_server.*|outbound.*|backup_.*|fallback.*|srtp_encryption|dtmf\.type|codec\..*|reg_.*|register_.*
            |subscribe_mwi.*|sip_listen_port|bla_number|.*_(?:host|port)|.*uri)
        |voice_mail\.number\.\d+|auto_provision\..*|autoprovision\..*|firmware\..*|zero_touch\..*|redirect\..*
        |remote_phonebook\..*|local_contact\..*url|super_search\.url|directory_setting\.url|security\.user_password
        |managementserver\..*|dm\..*|dms\..*|network\.vlan\..*|local_time\.(?:time_zone|ntp_server|summer|dst|start_|end_
            |offset_).*|lang\.(?:gui|wui)|syslog\..*|wui\.https?_enable|overwrite_mode|.*\.delete
    )""",
    r"(?:linekey|memorykey)\.\d+\..*|expansion_module\.\d+\.key\.\d+\..*|features\.pickup\..*",
    r"(?:static\.)?(?:account|voice_mail\.number)\.(\d+)(?:\..*)?",
)
_POLY = _terms(
    r"""reg\.\d+\.(?:address|label|displayName|type|thirdPartyName|lineKeys|auth\..*|server\..*|outboundProxy\..*)
        |voIpProt\.(?:server|local)\..*|voIpProt\.SIP\.outboundProxy\..*|msg\.mwi\.\d+\..*|sec\.srtp\.(?:enable|offer
        |require)|voice\.codecPref\..*|tone\.dtmf\.(?:viaRtp|rfc2833Control)|device\.set(?:\.set)?
        |device\.(?:prov|auth|dhcp|net|syslog|sntp|baseProfile|dns)(?:\..*)?|prov\..*|upgrade\..*
        |tcpIpApp\.sntp\..*|lcl\.ml\.lang|httpd\..*|directory(?:\..*)?|[A-Z]+(?:_[A-Z]+)+(?:_[A-Za-z0-9]+)?""",
    r"lineKey\..*|attendant\..*|efk\..*|feature\.(?:enhancedFeatureKeys|EFKLineKey)\..*"
    r"|call\.(?:directedCallPickup|parkedCallRetrieve).*",
    r"(?:reg|msg\.mwi)\.(\d+)\..*",
)
_CISCO = _terms(
    r"""(?:Line_Enable|Display_Name|User_ID|Auth_ID|Use_Auth_ID|Password|Proxy|Outbound_Proxy|Alternate_Proxy
        |Alternate_Outbound_Proxy|Use_(?:OB|Outbound)_Proxy.*|Use_DNS_SRV|DNS_SRV.*|Proxy_.*|Register.*|SIP_Port
        |SIP_Transport|SIP_URI|Reversed_Auth_Realm|Auth_Resync-Reboot|Share_Ext|Shared_User_ID|Mailbox_ID
        |Voice_Mail_.*|DTMF_Tx_Method|(?:Second_|Third_)?Preferred_Codec|Use_Pref_Codec_Only|[A-Za-z0-9.-]+_Enable
        |Make_Call_Without_Reg|Ans_Call_Without_Reg)_\d+_
        |Station_(?:Display_)?Name|(?:Profile|Upgrade|Report|Log|PRT|Cloud_Provisioning|Custom_CA)_(?:Rule|URL)(?:_[A-D])?
        |GPP_S?[A-P]|Provision_.*|Resync_.*|Forced_Resync_Delay|Upgrade_.*|Transport_Protocol|DHCP_Option.*
        |(?:Admin|User)_Passw(?:or)?d|XML_Directory_Service_.*|XML_(?:User_Name|Password)|Primary_NTP_Server
        |Secondary_NTP_Server|Time_Zone|Daylight_Saving_.*|Enable_VLAN|VLAN_ID|PC_Port_VLAN_ID|Syslog_Server
        |Language_Selection|Dictionary_Server_Script|Voice_Mail_Number|.*@ua""",
    r"(?:Extension|Short_Name|Share_Call_Appearance|Extended_Function)_\d+_|Unit_\d+_.*|Number_of_Units|KEM_Type"
    r"|(?:Attendant_Console_)?Call_Pickup_Code",
    r"(?!PSK|Softkey).*_(\d+)_",
)
# Numbers that mean the same on phones and adapters: passwords, servers, clock, updates, phone book, remote management.
_P_VALUES = r"""|P(?:2|3|3[0-6]|4[678]|5[1789]|6[0-24]|98|130|183|19[246]|207|208|212|229|23[2-8]|246|27[01]|285
        |33[0-3]|401|1359|136[01]|1411|1684|2301|2302|2303|450[3-9]|451[0-9]|676[7-9]|845[89]|8467|22296)"""
# Accounts 2 to 6 of a phone, then the ports and the second profile of an adapter.
_P_ACCOUNTS = r"|P(?:[456]|17|18)(?:0[1-7]|12|17|26|43|48|5[1-8])"
_P_PORTS = r"|P(?:70[39]|731|732|73[4-6]|74[78]|75[1-9]|76[0-2]|81[45]|830|86[09]|40[69][0-9]|41[0-9]{2}|459[4-9])"
_GRANDSTREAM_OLD = r"""account\.\d+\.(?:enable|name|audio\.srtpmode|dtmf\..*|codec\.choice\..*
        |sip\.(?:server|outboundproxy|subscriber|voicemail|transport|regist|userid|proxy|localPort|specialFeature).*)
        |provisioning\..*|phonebook\.download\..*|remote\.phonebook\..*|users\..*|tr069\..*|network\.port\..*vlan.*
        |dateTime\..*|maintain\.syslog\..*|language\.gui|security\.webAccessMode"""
# Key places as numbers: line keys, keys beside the screen, boards.
_GRANDSTREAM = _terms(
    _GRANDSTREAM_OLD + _P_VALUES + _P_ACCOUNTS,
    r"pks\..*|P(?:136[3-9]|137[0-4]|146[5-9]|147[0-6]|23[0-9]{3}|24[0-9]{3}|30[1-9]|3[12][0-9]|35[3-9]|3[6-9][0-9])",
    r"account\.(\d+)\..*",
)
_ADAPTER = _terms(_GRANDSTREAM_OLD + _P_VALUES + _P_PORTS, r"(?!)", None)
_SNOM = _terms(
    r"""user_(?:active|name|realname|idle_text|host|pname|pass|hash|outbound|expiry|mailbox|srtp|savp|dtmf_info|shared_line
        |server_type|registrar|failover.*|proxy.*)(?:\[\d+\])?|codec_priority_list\[\d+\]
        |setting_server|settings_refresh_.*|prov_.*|pnp_config|redirect.*|update_.*|firmware.*|auto_reboot_.*
        |http_(?:user|pass)|admin_mode_password.*|webserver_(?:admin|user)_.*|webserver_type|dkey_directory|gui_xml_.*
        |timezone|utc_offset|dst|ntp_server|language|web_language|syslog_server|vlan_.*|(?:gui|web)_languages.*|tbook.*""",
    r"fkey\[\d+\].*",
    r"[a-z_0-9]+\[(\d+)\]",
)
_FANVIL = _terms(
    r"""(?:.*/)?version|(?:.*/)?(?:ap|fwcheck|autoupdate[_ ]config[_ ]module)/.*|(?:.*/)?(?:web/)?account.*
        |(?:.*/)?xmlcontact.*|(?:.*/)?(?:date|log)/.*|(?:.*/)?qos/(?:enable.?vlan|vlan.?id|enable.?pvid|pvid.*|lldp.*)
        |(?:.*/)?display/defaultlanguage|(?:.*/)?menupassword
        |(?:.*/)?(?:line\[(?:sip)?\d+\]/|sip\d+[ _]?)(?:enable.?reg|phone.?number|display.?name|register.*|proxy.*
        |backup.*|transport|mwi.?num|media.?crypto|dtmf.?mode|voice.?codec.?map|enable.?sca|pickup.?num)
        |global[ _]config[ _]module/.*|tr069.*|.*/tr069.*""",
    r".*(?:dsskey|fkey|functionkey|sidekey).*",
    r"(?:.*/)?line\[(?:sip)?(\d+)\]/.*",
)

TERMS: Mapping[str, Terms] = {
    "yealink": _YEALINK,
    "poly-ucs": _POLY,
    "poly-edge-e": _POLY,
    "cisco-spa": _CISCO,
    "cisco-mpp": _CISCO,
    "grandstream": _GRANDSTREAM,
    "grandstream-ht": _ADAPTER,
    "snom": _SNOM,
    "fanvil": _FANVIL,
}


def plain_name(family: str, name: str) -> str:
    """A name as it is compared: without capitals, and Yealink's without `static.`, which old firmware did not have."""
    name = name.lower()
    return name.removeprefix("static.") if family == "yealink" else name
