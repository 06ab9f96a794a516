// Long because it is the one place for every sentence of the portal.
/** Every sentence that the portal shows, in English. The four messages under `message` are fixed word for word. */
export const en = {
  message: {
    keysMustMatch: 'Keys must match. Check keys and try again.',
    failedToast: "Couldn't update recovery key for device.",
    failed:
      'We were unable to upload your recovery key. Check that you entered the correct key and try again. If the problem persists, try to manually rotate your key. Tap to learn more.',
    saved:
      'Your recovery key has been updated. If you ever get locked out of your device and need to retrieve your key, sign in to {{portalName}} and select <b>Get recovery key</b>.',
  },
  app: {
    skip: 'Skip to content',
    help: 'Help',
    myMacs: 'My Macs',
    signIn: 'Sign in',
    signOut: 'Sign out',
    signedInAs: 'Signed in as {{name}}',
    console: 'Console',
    evaluation: 'Evaluation: for trying things out. Do not store the key of a real Mac here.',
    sessionEnded: 'Your session has ended. What you see and typed stays here.',
    signInAgain: 'Sign in again',
    offline: 'You are offline. What you see is from before.',
    close: 'Close',
    cancel: 'Cancel',
    loading: 'Loading',
    notices_one: '{{count}} new message',
    notices_other: '{{count}} new messages',
    main: 'Main',
  },
  problem: {
    title: 'Something went wrong',
    unexpected: 'This is not your fault, and nothing you stored is lost. Try again in a moment.',
    offline: 'We could not reach the server. Check your internet connection, then try again.',
    tooMany_one: 'That was a lot of tries. Wait {{count}} minute, then try again.',
    tooMany_other: 'That was a lot of tries. Wait {{count}} minutes, then try again.',
    sessionEnded: 'Your session has ended. Sign in again, then come back to this page and try once more.',
    forbidden: 'You are not allowed to do this. If you think you should be, contact IT.',
    inProgress: 'Your Mac is already working on its recovery key. Wait until it is done, then try again.',
    notEnrolled: 'This Mac is no longer managed, so we cannot reach it.',
    tryAgain: 'Try again',
    details: 'Details for IT',
    notFoundTitle: 'We could not find this page',
    notFound: 'The address may be mistyped, or this Mac may belong to somebody else.',
  },
  welcome: {
    title: 'Your Mac’s recovery key, safe and within reach',
    lead: 'If you are ever locked out of your Mac, its recovery key lets you back in. Keep it here, and get it from any phone or computer.',
    lockedOut: 'Locked out right now? Sign in, choose your Mac, then select Get recovery key.',
    noSignIn: 'Can’t sign in at all?',
    noSignInHelp: 'See how IT can help',
  },
  macs: {
    title: 'My Macs',
    emptyTitle: 'No Mac here yet',
    empty:
      'When your Mac is enrolled, its recovery key can be kept here. If you are ever locked out, you get it back from any phone or computer.',
    enroll: 'Enroll this Mac',
    another: 'Enroll another Mac',
    unknownModel: 'Mac',
  },
  key: {
    stored: {
      title: 'Recovery key stored',
      proved: 'proved {{when}}',
      why: 'Your Mac confirmed that this key opens its disk.',
    },
    'stored-unproven': {
      title: 'A recovery key is stored, but not proved',
      why: 'Your Mac handed it in, and it has not been tested yet. Rotating proves it: your Mac makes a new key and we keep that one too.',
    },
    candidate: {
      title: 'Your recovery key is not saved yet',
      why: 'We have the key you typed. It counts as saved when your Mac has proved it.',
    },
    uncertain: {
      title: 'We are not sure which key opens this Mac',
      why: 'Your Mac may have changed its key before its answer reached us. Every key we hold is kept. We sort this out when your Mac is next in touch.',
    },
    none: {
      title: 'Your recovery key is not stored',
      why: 'This Mac was encrypted before it was enrolled, or by hand, so only you have its key. Store it here, so that you can get it back if you are ever locked out.',
    },
    'not-encrypted': {
      title: 'This Mac is not encrypted',
      why: 'Without FileVault there is no recovery key to store. On your Mac, open System Settings, then Privacy & Security, and turn on FileVault.',
    },
    'no-management': {
      title: 'Your recovery key is not stored',
      why: 'This Mac has not taken the FileVault settings from IT yet. Once it has, its key can be kept here. Select Check status to ask your Mac now.',
    },
    'management-refused': {
      title: 'Your Mac did not take the FileVault settings',
      why: 'Without them its recovery key can’t be kept here. Contact IT; your Mac has told them why. Select Check status to let it try again.',
    },
    'not-enrolled': {
      title: 'This Mac is still being set up',
      why: 'Finish installing the profile on your Mac. This page changes by itself when your Mac arrives.',
    },
    quarantined: {
      title: 'IT needs to look at this Mac first',
      why: 'It says it is a Mac that somebody else enrolled before. Nothing was changed, and nobody’s key has changed hands. IT can settle this for you.',
    },
    ended: { title: 'This Mac is no longer managed', why: 'No recovery key is stored for it.' },
    'ended-stored': {
      title: 'This Mac is no longer managed',
      why: 'The last recovery key we have is kept. You can still get it.',
    },
  },
  action: {
    store: 'Store recovery key',
    get: 'Get recovery key',
    rotate: 'Rotate recovery key',
    checkStatus: 'Check status',
    rename: 'Rename',
    remove: 'Remove this Mac',
    more: 'More you can do',
  },
  access: {
    label: 'Access',
    'can-access': 'Can access company resources',
    grace: 'Out of compliance, can still access until {{until}}',
    graceOpen: 'Out of compliance, can still access company resources',
    blocked: 'Cannot access company resources',
    reason: {
      'recovery-key-not-stored': 'Store this Mac’s recovery key.',
      'recovery-key-not-proved': 'Wait until your Mac has proved its recovery key, or rotate it.',
      'recovery-key-uncertain':
        'Open your Mac’s lid and connect it to the internet, so that it can tell us its key.',
      'not-encrypted': 'Turn on FileVault in System Settings, under Privacy & Security.',
      'not-enrolled': 'Enroll this Mac.',
      'encryption-unknown': 'Select Check status, so that your Mac reports whether it is encrypted.',
    },
  },
  attempt: {
    store: 'Saving your recovery key',
    rotate: 'Making a new recovery key',
    step: {
      'device-answers': 'Your Mac answers',
      'verify-and-rotate': 'It verifies the key and makes a new one',
      saved: 'The new key is saved',
    },
    mark: { done: 'Done', now: 'Now', waiting: 'Next', unsure: 'Not sure yet' },
    asked: 'We have asked your Mac. It was last in touch {{when}}; open its lid to speed this up.',
    askedNever: 'We have asked your Mac. It has not been in touch yet; open its lid to speed this up.',
    atLock: 'At its lock screen after a restart, a Mac has no network. It answers once somebody unlocks it.',
    rotating: 'Your Mac is at work. This takes a minute or two.',
    uncertain:
      'Your Mac may have made a new key, and its answer has not reached us. We keep every key we have and ask your Mac again.',
    makeNewKey:
      'We cannot settle this from here. Make a new key on your Mac; it takes two minutes. Then store the new one.',
    makeNewKeyLink: 'How to make a new key on your Mac',
    leave: 'You can leave this page. The result waits for you here.',
    cancel: 'Cancel',
    cancelledBy: 'The last try was cancelled. Nothing has changed on your Mac.',
    announceSaved: 'The recovery key has been updated.',
  },
  failure: {
    'wrong-key':
      'Your Mac didn’t accept this key. Check the paper it was written on: a B and an 8 are easily mixed up. The key may also be an older one.',
    'device-unreachable':
      'Your Mac has not answered. It was last in touch {{when}}. Open its lid, connect it to the internet, then check its status.',
    'device-unreachable-never':
      'Your Mac has not answered, and has not been in touch before. Open its lid, connect it to the internet, then check its status.',
    'policy-missing':
      'FileVault management is not turned on for this Mac, so its key can’t be verified. Contact IT and tell them that you tried to store your key.',
    'not-encrypted':
      'Your Mac says that its disk is not encrypted, so there is no key to verify. Turn on FileVault on your Mac: System Settings, then Privacy & Security.',
    'device-error':
      'Your Mac reported a problem while it worked on the key. Every key we already hold is kept. Contact IT; they can see what your Mac said.',
    're-enrolled':
      'Your Mac was enrolled again in the meantime, so we stopped before changing anything else. Store the key once more.',
    superseded: 'A newer try took over. Its result is the one that counts.',
    cancelled: 'The try was cancelled. Nothing has changed on your Mac.',
    details: 'Details for IT',
  },
  fact: {
    title: 'About this Mac',
    disk: 'Disk',
    encrypted: 'Encrypted',
    notEncrypted: 'Not encrypted',
    unknown: 'Not reported yet',
    seen: 'Last in touch',
    never: 'Not yet',
    owner: 'Owner',
    ownership: 'Belongs to',
    personal: 'You (personal Mac)',
    personalOther: 'Its owner (personal Mac)',
    corporate: 'Your company',
    serial: 'Serial number',
    model: 'Model',
    os: 'macOS',
    whoLooked: 'Who looked at my key',
  },
  log: {
    empty: 'Nobody has looked at this key.',
    you: 'You',
    stored: 'stored a recovery key',
    viewed: 'looked at the recovery key',
    rotated: 'made a new recovery key',
    'asked-to-rotate': 'asked for a new recovery key',
    'sent-to-mac': 'sent the recovery key to the Mac to be proved',
    'attempt-failed': 'could not update the recovery key',
    reason: 'Reason given: {{reason}}',
    entry: '{{by}} {{what}}',
  },
  notice: {
    title: 'New for you',
    'key-viewed': '{{by}} looked at the recovery key of {{device}}.',
    'key-rotated': '{{by}} made a new recovery key for {{device}}.',
    'attempt-needs-attention': 'The recovery key of {{device}} needs your attention.',
    'ownership-changed':
      'IT changed who {{device}} belongs to. IT never sees keys that were stored while it was personal.',
    're-enrolled':
      '{{device}} was enrolled again. If it was not you, tell IT at once: somebody may be using your account.',
    'file-vault-off':
      'FileVault was turned off on {{device}}. Its disk is not protected until it is on again.',
    'mac-quarantined':
      'Somebody enrolled a Mac that says it is {{device}}. Nobody’s keys have changed hands; IT decides.',
    'mac-reassigned':
      '{{by}} decided that {{device}} belongs to somebody else now. Your recovery keys stay yours and can still be shown.',
    'quarantine-settled':
      '{{by}} has settled the Mac that said it is {{device}}. Your Mac and your recovery keys stay yours.',
    'push-certificate-expires': 'The Apple push certificate needs to be renewed. {{reason}}',
    somebody: 'IT',
    reason: 'Reason given: {{reason}}',
    read: 'Got it',
    show: 'Show',
  },
  store: {
    title: 'Store recovery key',
    lead: 'Type the recovery key of {{name}}: 24 letters and numbers in six groups. Hyphens, spaces and capitals do not matter.',
    after:
      'When you save, your Mac verifies the key and replaces it with a new one, which we keep for you. The key you typed then stops working.',
    key: 'Recovery key',
    confirm: 'Confirm recovery key',
    save: 'Save',
    saving: 'Saving',
    empty: 'Type the recovery key.',
    badCharacter: 'A recovery key has only the letters A to Z and numbers. Check “{{character}}”.',
    short_one: 'A recovery key has 24 characters; this has {{count}}.',
    short_other: 'A recovery key has 24 characters; this has {{count}}.',
    malformed: 'This does not look like a recovery key. Check it against your paper.',
    lookAlikes:
      'Check {{characters}} again: recovery keys usually hold no 0, 1, I or S. It may be an O, a 7, a J or a 5.',
    where: 'Where do I find it?',
  },
  reveal: {
    label: 'Recovery key',
    version: 'Older key, stored {{when}}',
    spelled: 'Spelled out',
    copy: 'Copy',
    copied: 'Copied',
    copyFailed: 'Select the key and copy it by hand.',
    hide: 'Hide',
    hides_one: 'Hidden again in {{count}} minute',
    hides_other: 'Hidden again in {{count}} minutes',
    hidesSoon: 'Hidden again in less than a minute',
    getting: 'Getting the key',
    signInFirst: 'To keep your key safe, sign in once more. Then it is shown here.',
    notWork: 'Did this key not work?',
    older: 'Your Mac may still use the one before. Try these, newest first.',
    noOlder: 'There is no older key. Contact IT; they can help you further.',
    showVersion: 'Show the key stored {{when}}',
    noKey: 'No key is stored for this Mac.',
    personal: 'The keys of personal Macs are only shown to their owners.',
    reason: 'Why do you need this key?',
    reasonHint: '8 to 500 characters. The owner sees this.',
    reasonShort: 'Write at least 8 characters.',
    atTheMac: 'At your Mac',
    steps: [
      'Turn on your Mac and wait for the sign-in screen.',
      'Click the question mark beside the password box. If there is none, type any password three times.',
      'Choose the option that uses your recovery key.',
      'Type the key as shown, with its hyphens.',
      'Set a new password when your Mac asks for one.',
    ],
  },
  rotate: {
    body: 'The Mac makes a new key and hands it to us; the one before stops working then. At its lock screen after a restart, a Mac has no network: somebody has to unlock it first.',
    reason: 'Why rotate this key?',
  },
  check: {
    asked: 'We have asked your Mac to report. This page changes when it answers.',
    askedSeen:
      'We have asked your Mac to report. It was last in touch {{when}}. This page changes when it answers.',
    answered: 'Your Mac has just reported.',
  },
  rename: {
    title: 'Rename this Mac',
    label: 'Name',
    save: 'Save name',
    empty: 'Type a name.',
    hint: 'Only the name shown here changes.',
  },
  remove: {
    title: 'Remove this Mac',
    body: 'This Mac is no longer managed and loses access to company resources. Keys stored so far are kept, and you can still get them here.',
    type: 'Type “{{name}}” to confirm',
    confirm: 'Remove',
    mismatch: 'This is not the name of the Mac.',
  },
  concern: {
    title: 'Worth a look',
    enroll: 'Enroll it again',
    silent: {
      means: 'Your Mac has not been in touch for over two weeks.',
      todo: 'Open its lid and connect it to the internet. If you no longer have it, tell IT.',
    },
    'serial-number-shared': {
      means: 'Another Mac here has the same serial number.',
      todo: 'Tell IT, so that they can find out which is which.',
    },
    'certificate-shared': {
      means: 'Something else has used the certificate of this Mac: a copy of its disk, perhaps.',
      todo: 'If you moved or copied its disk, enroll both Macs again. If not, tell IT.',
    },
    'certificate-expired': {
      means: 'The certificate by which we know your Mac has ended, so it can’t reach us.',
      todo: 'Enroll it again. Every key stored for it is kept.',
    },
    'push-refused': {
      means: 'We can’t wake your Mac any more, so it answers late or not at all.',
      todo: 'Restart it while it is connected to the internet. If this stays, enroll it again.',
    },
    'not-user-approved': {
      means: 'The management of this Mac has not been approved at the Mac.',
      todo: 'On your Mac, open System Settings, then General, then Device Management. Open the profile there and select Approve.',
    },
    'user-enrollment': {
      means: 'Your Mac is enrolled in a way in which Apple lets nobody manage recovery keys.',
      todo: 'Remove that enrollment in System Settings, under General, then Device Management. Then enroll the Mac from here.',
    },
    'other-escrow-profile': {
      means: 'Another profile on your Mac sends its recovery key somewhere else.',
      todo: 'Ask IT which one should stay. You find profiles in System Settings, under General, then Device Management.',
    },
    restored: {
      means: 'Your Mac has gone back to an earlier state of its disk: a backup, perhaps.',
      todo: 'Enroll it again, so that it gets a certificate of its own.',
    },
  },
  contact: {
    title: 'Contact IT',
    none: 'Ask the people who look after the computers at {{organization}}.',
    phone: 'Phone',
    email: 'E-mail',
    website: 'Website',
  },
  account: { title: 'Your account', open: 'Your account, {{name}}' },
  help: { title: 'Help', all: 'All help' },
};
