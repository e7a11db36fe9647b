/** Hosts as a URL has them (in lower case, IPv4 addresses in four decimal parts): which are private, which a list names. */

/** The IPv4 networks outside the public Internet, as domain/egress/addresses.py lists them. */
const PRIVATE_NETWORKS = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/3",
].map((network) => network.split("/"));
/** Names that no public DNS server resolves: those of machines and of private networks, and all without a dot. */
const PRIVATE_NAME = /^[^.]*$|(^|\.)(localhost|localdomain|local|internal|home\.arpa)$/;

/** Return the host of a URL without a final dot. @param {string} url */
export function hostOf(url) {
  return new URL(url).hostname.replace(/\.$/, "");
}

/** Whether a host is this machine or in a private network, as far as its name or address tells. @param {string} host */
export function isPrivate(host) {
  if (host.startsWith("[")) return !isPublicV6(host);
  if (!/^\d+\.\d+\.\d+\.\d+$/.test(host)) return PRIVATE_NAME.test(host);
  return PRIVATE_NETWORKS.some(([network, bits]) => {
    const size = 2 ** (32 - Number(bits));
    return Math.floor(numberOf(host) / size) === Math.floor(numberOf(network) / size);
  });
}

/** Whether a list names a host: as it is, by `*.` and a domain that it is below, or by `*`. @param {string[]} list @param {string} host */
export function names(list, host) {
  return list.some((item) => item === "*" || item === host || (item.startsWith("*.") && host.endsWith(item.slice(1))));
}

/** @param {string} address */
function numberOf(address) {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** Whether an address is a public one: 2000::/3, except for those that contain an IPv4 address. @param {string} host */
function isPublicV6(host) {
  const groups = host.slice(1).split(":", 2);
  const [first, second] = groups.map((group) => parseInt(group || "0", 16));
  const tunnelled = first === 0x2002 || (first === 0x2001 && second < 0x200);
  return first >= 0x2000 && first < 0x4000 && !tunnelled;
}
