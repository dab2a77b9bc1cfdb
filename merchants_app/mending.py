"""Where a value that stops a notice is put right: the page to which lists lead the desk."""

from compliance.notices.kinds import NoticeKind
from compliance.notices.resign_issuing import NOT_VOTED

OF_THE_REGISTER = frozenset({"shop_name", "uscc", "address"})
OF_THE_HAULER = frozenset({"hauler_permit_no", "permit_valid_to"})
OF_THE_VOTE = frozenset({"adopted_on", "eligible", "yes"})


def where_to_mend(kind: NoticeKind, field: str, code: str, tenancy_id: str) -> str:
    """Return the path of the page on which this field of a shop's notice can be filled in."""
    if code == NOT_VOTED or (kind is NoticeKind.COVENANT and field in OF_THE_VOTE):
        return "/votes"
    if field in OF_THE_HAULER:
        return "/haulers"
    if field in OF_THE_REGISTER:
        return f"/merchants/{tenancy_id}"
    return f"/notices/issue?tenancy={tenancy_id}&kind={kind.value}"
